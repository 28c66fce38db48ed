#include "edge/run.h"

int main(int argc, char** argv) { return ledgercast::RunEdge(argc, argv); }
