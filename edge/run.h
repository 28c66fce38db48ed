#ifndef EDGE_RUN_H_
#define EDGE_RUN_H_

namespace ledgercast {

// Is the main() of the program ledgercast-edge, in the library because it is compiled in one batch
// with it: reads flags and environment, serves until a signal arrives, and returns the exit code.
int RunEdge(int argc, const char* const* argv);

}  // namespace ledgercast

#endif  // EDGE_RUN_H_
