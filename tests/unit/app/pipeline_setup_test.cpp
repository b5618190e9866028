#include "aggregator/app/pipeline_setup.h"

#include <cppunit/extensions/HelperMacros.h>

namespace muster {

class PipelineSetupTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(PipelineSetupTest);
  CPPUNIT_TEST(a_batch_is_as_large_as_was_said);
  CPPUNIT_TEST(four_batches_fit_into_a_small_queue);
  CPPUNIT_TEST_SUITE_END();

  static PipelineSettings setup(std::size_t queue, std::size_t batch_rows) {
    Settings settings;
    settings.writer.queue = queue;
    settings.writer.batch_rows = batch_rows;
    return pipeline_setup(settings);
  }

  void a_batch_is_as_large_as_was_said() {
    CPPUNIT_ASSERT_EQUAL(std::size_t{20'000}, setup(100'000, 20'000).writer.batch_rows);
  }

  void four_batches_fit_into_a_small_queue() {
    const PipelineSettings small = setup(4'000, 20'000);
    CPPUNIT_ASSERT_EQUAL(std::size_t{1'000}, small.writer.batch_rows);
    CPPUNIT_ASSERT_EQUAL(std::size_t{1'000}, small.spool.batch_rows);
  }
};

CPPUNIT_TEST_SUITE_REGISTRATION(PipelineSetupTest);
}  // namespace muster
