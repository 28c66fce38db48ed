#include "services/common/base/sha256.h"

#include <gtest/gtest.h>
#include <sodium.h>

#include <string>

namespace ledgercast {
namespace {

// FIPS 180-4, as NIST's examples have it.
TEST(Sha256Test, HashesTheExamplesOfTheStandard) {
  EXPECT_EQ(HashToHex(Sha256Of("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(HashToHex(Sha256Of("")),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Sha256Test, PiecesMakeTheHashOfTheWholeThatAnotherLibraryMakes) {
  std::string text;
  for (int size = 0; size < 300; ++size) {
    Sha256 pieces;
    pieces.Add(std::string_view(text).substr(0, text.size() / 3));
    pieces.Add(std::string_view(text).substr(text.size() / 3));
    Hash other;
    crypto_hash_sha256(other.data(), reinterpret_cast<const unsigned char*>(text.data()),
                       text.size());
    EXPECT_EQ(Sha256Of(text), other) << size;
    EXPECT_EQ(pieces.Finish(), other) << size;
    text.push_back(static_cast<char>(size));
  }
}

}  // namespace
}  // namespace ledgercast
