"""The names that a program binds, and how many of them a fix leaves as they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import frozen
from tree_sitter import Node

from foretrace_models.repair.edits import TextEdit
from foretrace_models.repair.tokens import leaves_of, root_of

# The parts of a node, by its type, that hold what it binds.
_TARGETS = {
    "assignment": "left",
    "augmented_assignment": "left",
    "named_expression": "name",
    "for_statement": "left",
    "for_in_clause": "left",
    "function_definition": "name",
    "class_definition": "name",
    "aliased_import": "alias",
    "default_parameter": "name",
    "typed_default_parameter": "name",
}
_PARAMETERS = ("parameters", "lambda_parameters")
_IMPORTS = ("import_statement", "import_from_statement", "future_import_statement")
_PATTERNS = (
    "pattern_list",
    "tuple_pattern",
    "list_pattern",
    "list_splat_pattern",
    "dictionary_splat_pattern",
    "typed_parameter",
    "as_pattern_target",
    # Where the rest does not parse, targets look like values.
    "expression_list",
    "tuple",
    "list",
)


@frozen
class Ratio:
    """How many of how many."""

    part: int
    whole: int

    @property
    def share(self) -> float | None:
        """The part of the whole, from 0 to 1; None of nothing."""
        return self.part / self.whole if self.whole else None


def bound_names(text: str) -> frozenset[str]:
    """Return the names that a program binds, broken programs included.

    Those are what is assigned, the parameters, what a loop, a comprehension, `with`, `except` and
    `import` give a name to, and functions and classes.
    """
    return frozenset(name for name, _, _ in _bindings(text))


def names_occurring(names: frozenset[str], text: str) -> Ratio:
    """Return how many of some names still occur in a text, bound there or not."""
    leaves = leaves_of(root_of(_encoded(text)))
    present = {_text_of(leaf) for leaf in leaves if leaf.type == "identifier"}
    return Ratio(len(names & present), len(names))


def names_kept(broken: str, fixed: str, edits: Sequence[TextEdit]) -> Ratio:
    """Return how many names that had no need to change a fixed program binds still.

    Those are the names that the broken program binds outside the lines of `edits`, the smallest
    change known to mend it, whichever fix that is of: by a fix's own edits alone none would be
    lost.
    """
    touched = {
        line
        for edit in edits
        for line in range(broken.count("\n", 0, edit.start), broken.count("\n", 0, edit.end) + 1)
    }
    needless = {
        name
        for name, first, last in _bindings(broken)
        if touched.isdisjoint(range(first, last + 1))
    }
    return Ratio(len(needless & bound_names(fixed)), len(needless))


def _bindings(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield each name that is bound with its first and last line, from 0."""
    root = root_of(_encoded(text))
    for node in _walk(root):
        for target in _targets(node):
            yield from _names_in(target)
    if root.has_error:
        for target in _broken_targets(list(leaves_of(root))):
            yield from _names_in(target)


def _targets(node: Node) -> Iterator[Node]:
    kind = node.type
    if kind in _TARGETS:
        target = node.child_by_field_name(_TARGETS[kind])
        if target is not None:
            yield target
    elif kind in _PARAMETERS:
        yield from node.named_children
    elif kind == "as_pattern_target":
        yield node
    elif kind in _IMPORTS:
        # A module's own name is bound by its first part.
        for name in node.children_by_field_name("name"):
            if name.type == "dotted_name":
                yield name.named_children[0]


def _broken_targets(leaves: Sequence[Node]) -> Iterator[Node]:
    """Yield what looks like a target to the eye, where the tree has come apart."""
    for before, leaf, after in zip(leaves, leaves[1:], leaves[2:], strict=False):
        begins = before.end_point.row < leaf.start_point.row
        if (begins or before.type == "for") and after.type in ("=", "+=", "in"):
            yield leaf


def _names_in(target: Node) -> Iterator[tuple[str, int, int]]:
    if target.type == "identifier":
        yield _text_of(target), target.start_point.row, target.end_point.row
    elif target.type == "typed_parameter":
        yield from _names_in(target.named_children[0])
    elif target.type in _PATTERNS:
        for part in target.named_children:
            yield from _names_in(part)


def _walk(root: Node) -> Iterator[Node]:
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(node.children))


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _text_of(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "surrogatepass")
