"""Scenario files of somebody else: refused within bounds, in one sentence with the line."""

import time
from itertools import pairwise

import pytest

from iomodel import Scenario
from iomodel.errors import ScenarioError
from iomodel.scenario.yaml_nodes import MAX_DEPTH, parse

HEAD = "name: policy\n"
BOMB = (
    HEAD
    + "a: &a [x,x,x,x,x,x,x,x,x]\n"
    + "".join(
        f"{name}: &{name} [{','.join(['*' + below] * 9)}]\n"
        for below, name in pairwise("abcdefghij")
    )
)
CHAIN = HEAD + "x0: &x0 [1]\n" + "".join(f"x{k}: &x{k} [*x{k - 1}]\n" for k in range(1, 800))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (BOMB, r"policy\.yaml, line 7: more than 100,000 values, those behind an alias counted"),
        (CHAIN, r"policy\.yaml, line 20: lists and mappings in more than 20 levels"),
        (HEAD + "notes: " + "[" * 50_000, r"policy\.yaml, line 2: lists and .* more than 20"),
        (HEAD + "notes:\n" + "\n".join(" " * k + "-" for k in range(1, 40)), "more than 20"),
        (HEAD + "notes: [" + "a," * 150_000 + "]", "line 2: more than 100,000 values"),
        (HEAD + "# long\n" * 200_000, r"line 142857: more than 1,000,000 characters"),
        (HEAD + f"settings: {{rate: {'9' * 400}}}", "line 2: a number of 400 characters; give"),
        (HEAD + f"settings: {{rate: 0.{'9' * 400}}}", "line 2: a number of 402 characters; give"),
        (HEAD + f"settings: {{rate: 1e{'9' * 400}}}", "line 2: a number of 402 characters; give"),
        (HEAD + f"dates: {{effective: {'9' * 900_000}}}", "line 2: a number of 900,000 char"),
    ],
)  # fmt: skip
def test_a_file_beyond_the_bounds_is_refused_at_once(tmp_path, text, words):
    path = tmp_path / "policy.yaml"
    path.write_text(text)
    start = time.process_time()
    with pytest.raises(ScenarioError, match=words) as refusal:
        Scenario.load(path)
    assert "\n" not in str(refusal.value)
    assert time.process_time() - start < 20


def test_the_bomb_is_small():
    assert len(BOMB) < 445


def test_what_people_write_is_within_the_bounds():
    deep = "[" * MAX_DEPTH + "]" * MAX_DEPTH
    parse(deep, "a")
    long = "A sentence of more than thirty characters, with 12 numbers in it."
    assert parse(long, "a").plain() == long
    assert parse(f"'{'9' * 400}'", "a").plain() == "9" * 400
    assert parse("a: &x [1, 2]\nb: *x\nc: *x", "a").plain() == {key: [1, 2] for key in "abc"}
    assert parse("0.1234567890123456789012345678", "a").plain() == 0.1234567890123456789012345678
