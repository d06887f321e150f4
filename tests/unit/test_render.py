"""Values become text: shared text cut at a node's keys, headers, managed blocks."""

from __future__ import annotations

import pytest
from builders import CATALOG

from dseconf.evaluate import ABSENT, Absent
from dseconf.render import BEGIN, END, Piece, RenderError, Sheet, finished, managed_block
from dseconf.setting import Plain

FILES = CATALOG.lines[0].files
APP, PROPERTIES, ENV = FILES["app.yaml"], FILES["server.properties"], FILES["env.sh"]

HEADER = "# Made by dseconf for cluster atlas.\n# Edit the layers, not this file: a change made here is overwritten.\n"


def test_settings_stand_in_the_order_of_the_catalog() -> None:
    sheet = Sheet(APP, {"flag": True, "group.inner": 2, "number": 1, "cluster_name": "atlas"})
    assert sheet.shared == "cluster_name: atlas\nnumber: 1\nflag: true\ngroup:\n  inner: 2\n"


def test_names_that_users_choose_stand_in_the_order_of_the_alphabet() -> None:
    sheet = Sheet(PROPERTIES, {"user.z": "1", "user.a": "2", "b": "3"})
    assert sheet.shared == "b=3\nuser.a=2\nuser.z=1\n"


def test_a_node_changes_its_own_lines_alone() -> None:
    sheet = Sheet(APP, {"number": 1, "text": "a", "group.inner": 2, "group.word": "w"})
    assert sheet.text({"group.word": "mine"}) == "number: 1\ntext: a\ngroup:\n  inner: 2\n  word: mine\n"


def test_a_node_may_add_and_leave_out_settings() -> None:
    sheet = Sheet(APP, {"number": 1, "group.inner": 2})
    assert sheet.text({"group.inner": ABSENT, "cluster_name": "c", "flag": False}) == (
        "cluster_name: c\nnumber: 1\nflag: false\n"
    )


def test_leaving_out_what_is_not_there_changes_nothing() -> None:
    sheet = Sheet(APP, {"number": 1, "group.inner": 2})
    assert sheet.text({"group.word": ABSENT, "text": ABSENT}) == sheet.shared


def test_one_nodes_text_leaves_no_trace_in_anothers() -> None:
    sheet = Sheet(APP, {"number": 1})
    sheet.text({"cluster_name": "x", "number": 2})
    assert sheet.text({}) == sheet.shared == "number: 1\n"


def test_a_template_is_laid_out_by_the_keys_that_are_there() -> None:
    sheet = Sheet(ENV, {"PORT": 7199})
    assert "\nPORT=7199\n" in sheet.shared.replace("'", "")
    assert "MODE" not in sheet.shared
    assert 'MODE="fast"' in sheet.text({"FAST": True})
    assert 'MODE="careful"' in sheet.text({"FAST": False})
    assert "PORT" not in sheet.text({"PORT": ABSENT})
    assert "EXTRA='x y'" in sheet.text({"EXTRA": "x y"})


def test_texts_of_a_template_do_not_mix_between_nodes() -> None:
    """A layout is made once for one set of keys, whoever has them from where."""
    sheet = Sheet(ENV, {"PORT": 1, "EXTRA": "shared"})
    owns: list[dict[str, Plain | Absent]] = [{"PORT": 2}, {"EXTRA": "mine"}, {"PORT": 3, "EXTRA": "both"}, {}]
    merged: list[dict[str, Plain]] = [
        {"PORT": 2, "EXTRA": "shared"},
        {"PORT": 1, "EXTRA": "mine"},
        {"PORT": 3, "EXTRA": "both"},
        {"PORT": 1, "EXTRA": "shared"},
    ]
    assert [sheet.text(own) for own in owns] == [Sheet(ENV, values).shared for values in merged]


def test_pieces_tell_which_setting_made_which_text() -> None:
    pieces = Sheet(APP, {"number": 1, "group.inner": 2}).pieces({"number": 3})
    assert pieces == [Piece("number: 3\n", "number"), Piece("group:\n"), Piece("  inner: 2\n", "group.inner")]


def test_a_value_that_cannot_be_written_names_the_key_and_not_the_value() -> None:
    sheet = Sheet(ENV, {})
    with pytest.raises(RenderError) as caught:
        sheet.text({"EXTRA": "hunter2\0"})
    assert caught.value.key == "EXTRA"
    assert "hunter2" not in str(caught.value)


def whole(sheet: Sheet) -> str:
    return finished(sheet, sheet.shared, "atlas").decode()


def test_the_header_says_whose_the_file_is_and_stands_first() -> None:
    assert whole(Sheet(PROPERTIES, {"a": "1"})) == f"{HEADER}a=1\n"


def test_the_header_stands_after_a_line_for_the_kernel() -> None:
    assert whole(Sheet(ENV, {})).startswith(f"#!/bin/sh\n{HEADER}")


def test_the_header_changes_with_the_cluster_alone() -> None:
    sheet = Sheet(PROPERTIES, {"a": "1"})
    assert finished(sheet, sheet.shared, "other").decode() == whole(sheet).replace("atlas", "other")


BLOCK = f"# {BEGIN}\na=1\n# {END}\n"


@pytest.mark.parametrize(
    ("vendor", "expected"),
    [
        ("", BLOCK),
        ("x=1\n", f"x=1\n{BLOCK}"),
        ("x=1", f"x=1\n{BLOCK}"),
        ("x=1\r\n", f"x=1\r\n{BLOCK}"),
        (f"x=1\n# {BEGIN}\nold=1\n# {END}\ny=2\n", f"x=1\n{BLOCK}y=2\n"),
        (f"# {BEGIN}\n# {END}\n", BLOCK),
        (f"x=1\n# {BEGIN}\nold=1\n# {END}", f"x=1\n{BLOCK}"),
        (f"  # {BEGIN} here\n\t# {END} !\nz", f"{BLOCK}z"),
        (f"# {END}\nx=1\n# {BEGIN}\n", f"# {END}\nx=1\n# {BEGIN}\n{BLOCK}"),
        (f"# {BEGIN}\nx=1\n", f"# {BEGIN}\nx=1\n{BLOCK}"),
    ],
)
def test_the_block_stands_at_its_marks_or_at_the_end(vendor: str, expected: str) -> None:
    assert managed_block(vendor, "a=1\n", "#") == expected


@pytest.mark.parametrize("odd", ["\x0b", "\x0c", "\x85", "\u2028", "\r", "\ttabs  ", "é", "# \x1c"])
def test_the_vendors_text_outside_the_block_stays_as_it_is(odd: str) -> None:
    """Only a line feed ends a line here: other characters that might are the vendor's own."""
    before, after = f"one{odd}two\n", f"three{odd}four\n{odd}"
    vendor = f"{before}# {BEGIN}{odd} here\nold{odd}\n# {END}{odd}\n{after}"
    assert managed_block(vendor, "a=1\n", "#") == f"{before}{BLOCK}{after}"


def test_a_block_that_is_written_again_stays_the_same() -> None:
    once = managed_block("x=1\n", "a=1\n", "#")
    assert managed_block(once, "a=1\n", "#") == once


def test_a_managed_block_has_the_head_of_its_vendor() -> None:
    sheet = Sheet(PROPERTIES, {"a": "1"}, vendor="#!/bin/vendor\nx=1\n")
    assert whole(sheet) == f"#!/bin/vendor\nx=1\n{BLOCK}"
    assert sheet.text({"a": "2"}) == f"#!/bin/vendor\nx=1\n{BLOCK}".replace("a=1", "a=2")
