# Tests of the core (policy, filter, loader, libsandbox.so). Unit tests run under AddressSanitizer and UBSan.
TAP := build/asan/test/tap.o
UNIT_TESTS := $(addprefix build/test/,filter-test policy-test environment-test own-file-test table-test oracle-test)
TAP_TESTS += $(UNIT_TESTS)

build/test/filter-test: build/asan/test/interpreter.o build/asan/test/policies.o build/asan/libcore.a
build/test/policy-test: build/asan/libcore.a
build/test/environment-test: build/asan/environment.o build/asan/libcore.a
build/test/oracle-test: build/asan/test/interpreter.o build/asan/test/policies.o build/asan/libcore.a
build/test/oracle-test: TEST_LIBS := -lseccomp
build/test/own-file-test: build/asan/own-file.o

$(UNIT_TESTS): build/test/%: build/asan/test/%.o $(TAP)
	@mkdir -p $(@D)
	$(CC) $(ASAN_LDFLAGS) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(TEST_LIBS)
