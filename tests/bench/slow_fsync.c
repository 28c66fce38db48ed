// Makes each flush to disk take 2 ms longer, as on a network disk. It is preloaded into PostgreSQL;
// see posting_bench.sh.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>

static int Flush(const char* name, int fd) {
  const struct timespec delay = {0, 2 * 1000 * 1000};
  nanosleep(&delay, 0);
  int (*flush)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
  return flush(fd);
}

int fsync(int fd) { return Flush("fsync", fd); }
int fdatasync(int fd) { return Flush("fdatasync", fd); }
