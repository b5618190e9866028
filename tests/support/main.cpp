// Runs one CppUnit suite by name, or all of them: PROGRAM [SUITE]. A name that matches nothing
// fails, so that a misnamed file cannot pass as an empty test.
#include <cppunit/BriefTestProgressListener.h>
#include <cppunit/CompilerOutputter.h>
#include <cppunit/TestResult.h>
#include <cppunit/TestResultCollector.h>
#include <cppunit/TestRunner.h>
#include <cppunit/extensions/TestFactoryRegistry.h>

#include <iostream>
#include <stdexcept>
#include <string>

int main(int argc, char** argv) {
  CppUnit::TestResult controller;
  CppUnit::TestResultCollector collector;
  CppUnit::BriefTestProgressListener progress;
  controller.addListener(&collector);
  controller.addListener(&progress);

  CppUnit::TestRunner runner;
  runner.addTest(CppUnit::TestFactoryRegistry::getRegistry().makeTest());
  try {
    runner.run(controller, argc > 1 ? std::string("muster::") + argv[1] : "");
  } catch (const std::invalid_argument& unknown) {
    std::cerr << "no such suite: " << argv[1] << '\n';
    return 1;
  }
  CppUnit::CompilerOutputter(&collector, std::cerr).write();
  return collector.wasSuccessful() && collector.runTests() > 0 ? 0 : 1;
}
