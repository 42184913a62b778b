"""The patterns: what may go on of what was just done, one file for each kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from foretrace_models.next_edit.patterns.arguments import same_argument
from foretrace_models.next_edit.patterns.continuing import continuation
from foretrace_models.next_edit.patterns.indenting import indent
from foretrace_models.next_edit.patterns.listing import next_of_list
from foretrace_models.next_edit.patterns.parameters import parameter
from foretrace_models.next_edit.patterns.renaming import rename
from foretrace_models.next_edit.patterns.same_change import same_change
from foretrace_models.next_edit.patterns.tags import closing_tag
from foretrace_models.next_edit.proposal import Proposal
from foretrace_models.next_edit.scene import Scene

PATTERNS: tuple[Callable[[Scene], Iterator[Proposal]], ...] = (
    rename,
    closing_tag,
    parameter,
    same_argument,
    same_change,
    indent,
    next_of_list,
    continuation,
)
