# file-caps: tells profiler whether a program has file capabilities.
PROGRAMS += build/file-caps

build/file-caps: build/obj/file-caps.o
	$(CC) $(HOSTED_LDFLAGS) -o $@ $^
