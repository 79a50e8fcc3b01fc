import ipaddress

import pytest

from newsbot.middlewares.networks import is_host_name
from newsbot.public_addresses import is_allowed

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:2800:220:1::1", "64:ff9b::5db8:d822"])
def test_public_addresses_may_be_fetched(address: str) -> None:
    assert is_allowed(address, ())


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.5.4",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd00:ec2::254",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
        "2002:a9fe:a9fe::1",
        "fec0::1",
        "feff::1",
        "64:ff9b:1::7f00:1",
        "64:ff9b:1:fffe::808:808",
        "::127.0.0.1",
        "::8.8.8.8",
        "::ffff:0:7f00:1",
        "::ffff:0:808:808",
        "2001::1",
        "2001:0:53aa:64c::",
        "2001:10::1",
        "2001:20::1",
        "2001:db8::1",
        "3fff::1",
        "100::1",
        "100:0:0:1::1",
        "5f00::1",
        "192.0.0.8",
        "192.0.0.171",
        "192.88.99.1",
        "198.18.0.1",
        "203.0.113.5",
        "240.0.0.1",
    ],
)
def test_private_addresses_are_refused_in_whatever_form(address: str) -> None:
    assert not is_allowed(address, ())


def test_a_private_network_may_be_allowed_by_name_alone() -> None:
    assert is_allowed("127.0.0.1", LOOPBACK)
    assert is_allowed("::ffff:127.0.0.1", LOOPBACK)
    assert not is_allowed("10.0.0.1", LOOPBACK)
    assert is_allowed("64:ff9b::7f00:1", LOOPBACK)
    assert not is_allowed("::127.0.0.1", LOOPBACK)
    assert is_allowed("64:ff9b:1::7f00:1", (ipaddress.ip_network("64:ff9b:1::/48"),))
    assert is_allowed("fec0::1", (ipaddress.ip_network("fec0::/10"),))


@pytest.mark.parametrize(
    ("host", "is_name"),
    [
        ("news.example", True),
        ("news.example.", True),
        ("fe80::1", True),
        ("a" * 63 + ".example", True),
        ("a" * 64 + ".example", False),
        ("a..example", False),
        ("", False),
        ("a." * 127 + "example", False),
    ],
)
def test_names_that_dns_cannot_have_are_not_asked_for(host: str, is_name: bool) -> None:
    assert is_host_name(host) is is_name
