"""The distance between two ordered trees: how many nodes must be inserted, removed or renamed.

By the algorithm of "Simple Fast Algorithms for the Editing Distance between Trees and Related
Problems" (Zhang and Shasha), each operation at the price of one.
"""

from __future__ import annotations

from attrs import frozen


@frozen
class Tree:
    """A node with its label and what is below it, in order."""

    label: str
    children: tuple[Tree, ...] = ()

    @property
    def size(self) -> int:
        """The number of nodes."""
        return 1 + sum(child.size for child in self.children)


@frozen
class _PostOrder:
    """A tree's nodes, lower ones first: their labels, and the leftmost leaf below each."""

    labels: list[str]
    leftmost: list[int]

    @classmethod
    def of(cls, tree: Tree) -> _PostOrder:
        order = cls([], [])
        order._append(tree)
        return order

    def _append(self, tree: Tree) -> int:
        first = [self._append(child) for child in tree.children]
        self.labels.append(tree.label)
        leaf = first[0] if first else len(self.labels) - 1
        self.leftmost.append(leaf)
        return leaf

    def roots(self) -> list[int]:
        """Return the root of the tree and all nodes that have a sibling on their left."""
        last = {leaf: node for node, leaf in enumerate(self.leftmost)}
        return sorted(last.values())


def tree_distance(a: Tree, b: Tree) -> int:
    """Return the least number of operations that make one tree the other."""
    one, other = _PostOrder.of(a), _PostOrder.of(b)
    distances = [[0] * len(other.labels) for _ in one.labels]
    for i in one.roots():
        for j in other.roots():
            _fill(one, other, i, j, distances)
    return distances[-1][-1]


def _fill(one: _PostOrder, other: _PostOrder, i: int, j: int, distances: list[list[int]]) -> None:
    """Fill in the distances between the trees on the leftmost paths of two nodes."""
    first, first_other = one.leftmost[i], other.leftmost[j]
    width = j - first_other + 2
    forest = [list(range(width))]
    for x in range(first, i + 1):
        row = [forest[-1][0] + 1]
        above = forest[-1]
        leaf = one.leftmost[x]
        label = one.labels[x]
        own = distances[x]
        before = forest[leaf - first]
        for y in range(first_other, j + 1):
            at = y - first_other
            best = min(above[at + 1], row[at]) + 1
            leaf_other = other.leftmost[y]
            if leaf == first and leaf_other == first_other:
                best = min(best, above[at] + (label != other.labels[y]))
                own[y] = best
            else:
                best = min(best, before[leaf_other - first_other] + own[y])
            row.append(best)
        forest.append(row)
