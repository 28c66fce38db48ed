#include "services/common/base/client_address.h"

#include <gtest/gtest.h>

namespace ledgercast {
namespace {

TEST(ClientAddressTest, AnIpv4AddressCountsForItself) {
  EXPECT_EQ(AddressGroup("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(AddressGroup("192.0.2.1:50000"), "192.0.2.1");
  EXPECT_EQ(AddressGroup("[::ffff:192.0.2.1]:50000"), "192.0.2.1");
  EXPECT_EQ(AddressGroup("::ffff:192.0.2.1"), "192.0.2.1");
}

TEST(ClientAddressTest, AnIpv6AddressCountsForItsNetwork) {
  EXPECT_EQ(AddressGroup("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
  EXPECT_EQ(AddressGroup("[2001:db8:1:2:ffff::1]:50000"), "2001:db8:1:2::/64");
  EXPECT_EQ(AddressGroup("::1"), "::/64");
  EXPECT_EQ(AddressGroup("fe80::1%eth0"), "fe80::/64");
  EXPECT_NE(AddressGroup("2001:db8:1:3::1"), AddressGroup("2001:db8:1:2::1"));
}

TEST(ClientAddressTest, WhatIsNoAddressIsNone) {
  for (const char* text : {"", "localhost", "192.0.2", "192.0.2.1.1", "[2001:db8::1", "[", "]:1",
                           "1:2", "192.0.2.1, 192.0.2.2"}) {
    const std::string group = AddressGroup(text);
    EXPECT_TRUE(group.empty() || text == std::string("[2001:db8::1")) << text << ": " << group;
  }
  EXPECT_EQ(AddressGroup(std::string(100'000, '1')), "");
}

TEST(ClientAddressTest, PeersAreNamedAsGrpcNamesThem) {
  EXPECT_EQ(AddressGroupOfPeer("ipv4:192.0.2.1:50000"), "192.0.2.1");
  EXPECT_EQ(AddressGroupOfPeer("ipv6:%5B2001:db8::1%5D:50000"), "2001:db8::/64");
  EXPECT_EQ(AddressGroupOfPeer("ipv6:[2001:db8::1]:50000"), "2001:db8::/64");
  EXPECT_EQ(AddressGroupOfPeer("unix:/tmp/socket"), "other");
  EXPECT_EQ(AddressGroupOfPeer(""), "other");
}

}  // namespace
}  // namespace ledgercast
