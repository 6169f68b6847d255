# Tests of the core (policy, filter, loader, libsandbox.so). Unit tests run under AddressSanitizer and UBSan.
TAP := build/asan/test/tap.o
UNIT_TESTS := $(addprefix build/test/,filter-test policy-test policy-random-test environment-test own-file-test table-test oracle-test)
LIVE_TESTS := $(addprefix build/test/,library-test contract-test children-test threads-test privileges-test foreign-test kernel-test)
TAP_TESTS += $(UNIT_TESTS) $(LIVE_TESTS)

build/test/filter-test: build/asan/test/interpreter.o build/asan/test/policies.o build/asan/libcore.a
build/test/policy-test build/test/policy-random-test: build/asan/test/contract.o build/asan/libcore.a
build/test/environment-test: build/asan/environment.o build/asan/libcore.a
build/test/oracle-test: build/asan/test/interpreter.o build/asan/test/policies.o build/asan/libcore.a
build/test/oracle-test: TEST_LIBS := -lseccomp
build/test/own-file-test: build/asan/own-file.o

$(UNIT_TESTS): build/test/%: build/asan/test/%.o $(TAP)
	@mkdir -p $(@D)
	$(CC) $(ASAN_LDFLAGS) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(TEST_LIBS)

# Live tests start real programs on this kernel; they are not sanitized themselves, so that forked children stay small.
LIVE_PARTS := $(patsubst %,build/obj/test/%.o,live audit-tap tap)
SUBJECTS := $(addprefix build/test/,subject subject-musl subject-needed subject-bare subject-environ subject-musl-environ early.so)
SUBJECT_CFLAGS := -std=gnu17 $(WARNINGS) -O2 -MMD -MP -I.

$(LIVE_TESTS): build/test/%: build/obj/test/%.o $(LIVE_PARTS) build/libcore.a | $(SUBJECTS) build/libsandbox.so
	@mkdir -p $(@D)
	$(CC) $(HOSTED_LDFLAGS) -o $@ $(filter %.o,$^) build/libcore.a
build/test/kernel-test: build/obj/test/interpreter.o build/obj/test/policies.o

build/test/subject: test/subject.c
	@mkdir -p $(@D)
	$(CC) $(SUBJECT_CFLAGS) -pthread -o $@ $<
build/test/subject-musl: test/subject.c
	@mkdir -p $(@D)
	musl-gcc $(SUBJECT_CFLAGS) -o $@ $<
build/test/subject-environ: test/subject.c
	@mkdir -p $(@D)
	$(CC) $(SUBJECT_CFLAGS) -DOWN_ENVIRON -pthread -o $@ $<
build/test/subject-musl-environ: test/subject.c
	@mkdir -p $(@D)
	musl-gcc $(SUBJECT_CFLAGS) -DOWN_ENVIRON -o $@ $<
build/test/subject-needed: build/test/subject build/libsandbox.so
	patchelf --add-needed libsandbox.so --output $@ $<
	patchelf --set-rpath '$$ORIGIN' $@
build/test/subject-bare: test/bare.c
	@mkdir -p $(@D)
	$(CC) $(FREE_CFLAGS) -I. -nostdlib -pie -o $@ $<
build/test/early.so: test/early.c
	@mkdir -p $(@D)
	$(CC) $(SUBJECT_CFLAGS) -fPIC -shared -pthread -o $@ $<
