"""What the README says is what the code does."""

from __future__ import annotations

import re

from tests.readme_headlines import README, headlines, in_readme


def test_the_table_of_headlines_is_what_the_code_produces() -> None:
    assert in_readme() == headlines()


def test_the_python_of_the_readme_runs() -> None:
    text = README.read_text(encoding="utf-8")
    [block] = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    names: dict[str, object] = {}
    exec(compile(block, "README.md", "exec"), names)
    assert {"table", "scenario", "effects", "mine", "system"} <= set(names)
