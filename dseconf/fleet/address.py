"""Addresses: IPv4, IPv6 and host names, told apart from what is none of them."""

from __future__ import annotations

import ipaddress
import re

_BYTE = r"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"  # no leading zero: some readers take it for octal
_IPV4 = re.compile(rf"{_BYTE}(?:\.{_BYTE}){{3}}")
_IPV6_LETTERS = re.compile(r"[0-9A-Fa-f:.]{2,45}")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_NUMERIC_END = re.compile(r"(?:.*\.)?[0-9]+")  # 10.1.1.300 is a mistyped address, not a host (RFC 1123)


def is_address(text: str) -> bool:
    """Whether the text is an IPv4 or IPv6 address without scope, or a host name."""
    return _IPV4.fullmatch(text) is not None or (_is_ipv6(text) if ":" in text else is_host(text))


def is_host(text: str) -> bool:
    """Whether the text has the form of a host name."""
    return len(text) <= 253 and _HOST.fullmatch(text) is not None and _NUMERIC_END.fullmatch(text) is None


def is_wildcard(text: str) -> bool:
    """Whether the address stands for every address of the machine."""
    return text == "0.0.0.0" or (":" in text and canonical(text) == "::")  # noqa: S104  # looks for it, binds nothing


def canonical(text: str) -> str:
    """One spelling for all spellings of a valid address."""
    return ipaddress.IPv6Address(text).compressed if ":" in text else text.lower()


def _is_ipv6(text: str) -> bool:
    if _IPV6_LETTERS.fullmatch(text) is None:
        return False
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return True
