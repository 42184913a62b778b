"""Runs a person's program where it can do no harm.

`runner` is the caller's side. `server` is a process that locks itself into a boundary of the
operating system (`namespaces`, or `landlock` where those are refused) and then forks one child a
run; `harness` is what the child does, behind `seccomp` and resource limits.
"""
