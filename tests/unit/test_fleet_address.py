"""Addresses and what is none."""

from __future__ import annotations

import pytest

from dseconf.fleet.address import canonical, is_address, is_host, is_wildcard


@pytest.mark.parametrize(
    "text",
    ["10.0.0.1", "255.255.255.255", "::1", "fe80::1", "2001:db8::10.0.0.1", "n1", "n1.eu.example", "3com.example"],
)
def test_addresses(text: str) -> None:
    assert is_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "10.0.0",
        "10.0.0.256",
        "010.0.0.1",
        "10.0.0.1 ",
        "10.0.0.1/8",
        ":",
        ":::",
        "fe80::1%eth0",
        "1::2::3",
        "n_1",
        "-n",
        "n-",
        "a..b",
        "n1.",
        "x" * 64,
        "a." * 130 + "a",
        "10.0.0.1\n",
        "n1\n",
        "$(id)",
        "10",
        "\u0661.0.0.1",
    ],
)
def test_no_addresses(text: str) -> None:
    assert not is_address(text)


def test_a_host_name_is_no_number() -> None:
    assert not is_host("10.1.1.300")
    assert is_host("10.1.1.30o")


def test_spellings_of_one_address_are_one() -> None:
    assert canonical("2001:DB8:0::1") == canonical("2001:db8::0001")
    assert canonical("N1.Example") == "n1.example"


@pytest.mark.parametrize("text", ["0.0.0.0", "::", "0::0"])  # noqa: S104  # no socket here
def test_wildcards(text: str) -> None:
    assert is_wildcard(text)


@pytest.mark.parametrize("text", ["10.0.0.0", "::1", "n1"])
def test_no_wildcards(text: str) -> None:
    assert not is_wildcard(text)
