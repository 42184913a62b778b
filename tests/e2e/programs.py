"""Programs with a fault, and what becomes of them."""

BROKEN = "def mean(numbers)\n    return sum(numbers) / len(numbers)\n"
SEARCH = """\
def search(x, seq):
    i = 0
    while x > seq[i]:
        i += 1
    return i
"""
SEARCH_FIXED = SEARCH.replace("while x", "while i < len(seq) and x")
# Stands beside `search.py`.
ASSIGNMENT = """
[assignment]
entry = "search.py"
[[test]]
call = "search(3, [1, 5])"
expected = "1"
[[test]]
call = "search(42, [1, 5, 10])"
expected = "3"
"""
