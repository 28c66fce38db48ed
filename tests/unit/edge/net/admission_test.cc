#include "edge/net/admission.h"

#include <gtest/gtest.h>

#include <vector>

#include "services/common/base/errors.h"

namespace ledgercast {
namespace {

class AdmissionTest : public ::testing::Test {
 protected:
  Admission Make(const Admission::Options& options) {
    return Admission(options, [this] { return now_; });
  }

  absl::Time now_ = absl::FromUnixSeconds(1'700'000'000);
};

TEST_F(AdmissionTest, WhatIsOneTooManyIsToldSoUntilSomebodyLeaves) {
  Admission admission = Make({.max_connections = 2});
  Admission::TicketPtr tickets[3];
  EXPECT_EQ(admission.Enter("a", &tickets[0]), AdmissionVerdict::kAdmitted);
  EXPECT_EQ(admission.Enter("b", &tickets[1]), AdmissionVerdict::kAdmitted);
  EXPECT_EQ(admission.Enter("c", &tickets[2]), AdmissionVerdict::kTooMany);
  EXPECT_EQ(admission.connections(), 3);
  admission.Exit();
  admission.Exit();
  EXPECT_EQ(admission.Enter("d", &tickets[0]), AdmissionVerdict::kAdmitted);
}

TEST_F(AdmissionTest, ThoseToBeToldHaveALimitToo) {
  Admission admission = Make({.max_connections = 1, .max_refused = 2});
  Admission::TicketPtr ticket;
  EXPECT_EQ(admission.Enter("a", &ticket), AdmissionVerdict::kAdmitted);
  EXPECT_EQ(admission.Enter("b", &ticket), AdmissionVerdict::kTooMany);
  EXPECT_EQ(admission.Enter("c", &ticket), AdmissionVerdict::kTooMany);
  EXPECT_EQ(admission.Enter("d", &ticket), AdmissionVerdict::kFlood);
  admission.Exit();
  EXPECT_EQ(admission.Enter("e", &ticket), AdmissionVerdict::kFlood);
  admission.Exit();
  admission.Exit();
  EXPECT_EQ(admission.Enter("f", &ticket), AdmissionVerdict::kTooMany);
}

TEST_F(AdmissionTest, AnAddressHasALimitOfItsOwn) {
  Admission admission = Make({.max_connections_per_address = 2});
  std::vector<Admission::TicketPtr> tickets(4);
  EXPECT_EQ(admission.Enter("192.0.2.1", &tickets[0]), AdmissionVerdict::kAdmitted);
  EXPECT_EQ(admission.Enter("192.0.2.1", &tickets[1]), AdmissionVerdict::kAdmitted);
  EXPECT_EQ(admission.Enter("192.0.2.1", &tickets[2]), AdmissionVerdict::kTooManyOfAddress);
  EXPECT_EQ(admission.Enter("192.0.2.2", &tickets[3]), AdmissionVerdict::kAdmitted);
  // The one that was refused does not count when it leaves.
  tickets[2].reset();
  EXPECT_EQ(admission.Enter("192.0.2.1", &tickets[2]), AdmissionVerdict::kTooManyOfAddress);
  tickets[0].reset();
  EXPECT_EQ(admission.Enter("192.0.2.1", &tickets[2]), AdmissionVerdict::kAdmitted);
}

TEST_F(AdmissionTest, ANetworkOfIPv6CountsAsOneAddress) {
  Admission admission = Make({.max_connections_per_address = 2});
  Admission::TicketPtr tickets[4];
  EXPECT_EQ(admission.Enter("2001:db8:0:1::1", &tickets[0]), AdmissionVerdict::kAdmitted);
  EXPECT_EQ(admission.Enter("2001:db8:0:1:ffff::2", &tickets[1]), AdmissionVerdict::kAdmitted);
  EXPECT_EQ(admission.Enter("2001:db8:0:1::3", &tickets[2]), AdmissionVerdict::kTooManyOfAddress);
  EXPECT_EQ(admission.Enter("2001:db8:0:2::1", &tickets[3]), AdmissionVerdict::kAdmitted);
}

TEST_F(AdmissionTest, ASubjectHasALimitOfItsOwn) {
  Admission admission = Make({.max_connections_per_subject = 1});
  auto first = admission.EnterSubject("ann");
  ASSERT_TRUE(first.ok());
  const auto second = admission.EnterSubject("ann");
  EXPECT_TRUE(absl::IsResourceExhausted(second.status()));
  EXPECT_EQ(GetErrorInfo(second.status()).reason(), reason::kTooBusy);
  EXPECT_TRUE(admission.EnterSubject("bob").ok());
  first->reset();
  EXPECT_TRUE(admission.EnterSubject("ann").ok());
}

TEST_F(AdmissionTest, NoLimitIsNoLimit) {
  Admission admission = Make({});
  for (int i = 0; i < 1'000; ++i) {
    Admission::TicketPtr ticket;
    EXPECT_EQ(admission.Enter("a", &ticket), AdmissionVerdict::kAdmitted);
    EXPECT_TRUE(admission.EnterSubject("ann").ok());
  }
}

TEST_F(AdmissionTest, ConnectionsComeNoFasterThanTheRateForLong) {
  Admission admission = Make({.max_connections = 1'000, .max_accepts_per_second = 10});
  Admission::TicketPtr ticket;
  const auto fine_of = [&](int connections) {
    int fine = 0;
    for (int i = 0; i < connections; ++i)
      fine += admission.Enter("a", &ticket) == AdmissionVerdict::kAdmitted;
    return fine;
  };
  EXPECT_EQ(fine_of(30), 10);
  now_ += absl::Milliseconds(500);
  EXPECT_EQ(fine_of(30), 5);
  // What was not used in a long silence does not add up.
  now_ += absl::Hours(1);
  EXPECT_EQ(fine_of(30), 10);
  // Nor does a clock that is set back stop everybody.
  now_ -= absl::Hours(2);
  EXPECT_EQ(fine_of(30), 0);
  now_ += absl::Seconds(1);
  EXPECT_EQ(fine_of(30), 10);
}

TEST_F(AdmissionTest, RefusalsAreCountedByWhy) {
  Admission admission = Make({.max_connections = 2,
                              .max_refused = 1,
                              .max_connections_per_address = 1,
                              .max_connections_per_subject = 1,
                              .max_accepts_per_second = 3});
  std::vector<Admission::TicketPtr> tickets(5);
  EXPECT_EQ(admission.Enter("192.0.2.1", &tickets[0]), AdmissionVerdict::kAdmitted);
  EXPECT_EQ(admission.Enter("192.0.2.1", &tickets[1]), AdmissionVerdict::kTooManyOfAddress);
  EXPECT_EQ(admission.Enter("192.0.2.2", &tickets[2]), AdmissionVerdict::kTooMany);
  EXPECT_EQ(admission.Enter("192.0.2.3", &tickets[3]), AdmissionVerdict::kFlood);
  admission.Exit();
  admission.Exit();
  admission.Exit();
  EXPECT_EQ(admission.Enter("192.0.2.4", &tickets[4]), AdmissionVerdict::kTooFast);
  const auto first = admission.EnterSubject("ann");
  EXPECT_FALSE(admission.EnterSubject("ann").ok());
  admission.CountRefusal(Refusal::kForeignOrigin);
  for (const Refusal why : {Refusal::kTooMany, Refusal::kTooManyOfAddress, Refusal::kTooFast,
                            Refusal::kFlood, Refusal::kTooManyOfSubject, Refusal::kForeignOrigin}) {
    EXPECT_EQ(admission.refused(why), 1) << static_cast<int>(why);
  }
  EXPECT_EQ(admission.refused(Refusal::kGoingAway), 0);
}

}  // namespace
}  // namespace ledgercast
