# Programs that the tests start: build/targets/NAME. Other tests may use them: list what they need as prerequisites.
TARGETS := $(addprefix build/targets/,hello-glibc-static hello-glibc hello-musl-static hello-musl nolibc probe start-as records)
ifneq ($(filter x86_64%,$(shell $(CC) -dumpmachine)),)
TARGETS += $(addprefix build/targets/,int80 x32 nolibc-i386)
endif

TARGET_CFLAGS := -std=gnu17 -O2 -Wall -Wextra -Werror
NOLIBC_CFLAGS := $(TARGET_CFLAGS) -static -nostdlib -ffreestanding -fno-stack-protector -fno-pie -no-pie

TEST_DATA += $(TARGETS)

targets: $(TARGETS)
.PHONY: targets

build/targets:
	mkdir -p $@
build/targets/hello-glibc-static: test/targets/hello.c | build/targets
	$(CC) $(TARGET_CFLAGS) -static $< -o $@
build/targets/hello-glibc: test/targets/hello.c | build/targets
	$(CC) $(TARGET_CFLAGS) $< -o $@
build/targets/hello-musl-static: test/targets/hello.c | build/targets
	musl-gcc $(TARGET_CFLAGS) -static $< -o $@
build/targets/hello-musl: test/targets/hello.c | build/targets
	musl-gcc $(TARGET_CFLAGS) $< -o $@
build/targets/nolibc: test/targets/nolibc.c | build/targets
	$(CC) $(NOLIBC_CFLAGS) $< -o $@
build/targets/nolibc-i386: test/targets/nolibc.c | build/targets
	$(CC) -m32 $(NOLIBC_CFLAGS) $< -o $@
build/targets/int80: test/targets/foreign.c | build/targets
	$(CC) $(TARGET_CFLAGS) -static $< -o $@
build/targets/x32: test/targets/foreign.c | build/targets
	$(CC) $(TARGET_CFLAGS) -DX32 -static $< -o $@
build/targets/probe: test/targets/probe.c | build/targets
	$(CC) $(TARGET_CFLAGS) -static $< -o $@
build/targets/start-as build/targets/records: build/targets/%: test/targets/%.c | build/targets
	$(CC) $(TARGET_CFLAGS) $< -o $@
