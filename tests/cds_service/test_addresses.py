"""Addresses that a name may lead to: public ones, and of the others those that the site listed."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from cds_service.addresses import AddressPolicy, ForbiddenAddress

PUBLIC = ["8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8"]
PRIVATE = ["127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
           "0.0.0.0", "224.0.0.1", "239.1.1.1", "255.255.255.255", "240.0.0.1", "192.0.2.1", "198.18.0.1", "::1", "::",
           "fe80::1", "fe80::1%eth0", "fc00::1", "fd00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
           "::ffff:0:127.0.0.1", "fec0::1", "3fff::1", "5f00::1", "1::1", "4000::1",
           "2002:7f00:1::", "2001:0:7f00:1::", "64:ff9b::7f00:1", "64:ff9b:1::a00:1", "::7f00:1",
           "2001:db8::1"]  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_permitted(address):
    assert AddressPolicy().permits("ehr.example.org", address)


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_public_is_not_permitted_to_a_name(address):
    assert not AddressPolicy().permits("ehr.example.org", address)


def test_a_private_network_that_is_listed_is_permitted_and_no_other():
    policy = AddressPolicy(networks=(ip_network("10.20.0.0/16"), ip_network("fd12::/16")))
    assert [policy.permits("ehr.example.org", one) for one in ("10.20.255.255", "::ffff:10.20.0.1", "fd12::1")] == [
        True
    ] * 3
    assert [policy.permits("ehr.example.org", one) for one in ("10.21.0.0", "127.0.0.1", "fd13::1")] == [False] * 3


@pytest.mark.parametrize(
    ("host", "address", "allowed"),
    [("127.0.0.1", "127.0.0.1", True), ("127.0.0.1", "127.0.0.2", False), ("10.0.0.1", "10.0.0.1", True),
     ("::1", "::1", True), ("localhost", "127.0.0.1", True), ("localhost", "::1", True),
     ("localhost", "10.0.0.1", False), ("localhost", "8.8.8.8", False), ("localhost.example.org", "127.0.0.1", False)],
)  # fmt: skip
def test_an_address_that_is_itself_listed_is_permitted(host, address, allowed):
    assert AddressPolicy().permits(host, address) is allowed


def test_of_several_addresses_only_the_permitted_are_used():
    assert AddressPolicy().permitted("ehr.example.org", ["10.0.0.1", "8.8.8.8"]) == ["8.8.8.8"]
    with pytest.raises(ForbiddenAddress):
        AddressPolicy().permitted("ehr.example.org", ["10.0.0.1", "127.0.0.1"])
