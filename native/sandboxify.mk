# sandboxify: static, so that it starts fast, under any libc, and no preloaded library comes before it.
PROGRAMS += build/sandboxify
SANDBOXIFY_PARTS := sandboxify options launch pages suspend suspend-facts tracer say dump inspect listing summary bpf abi-names
CFLAGS_sandboxify := -DVERSION='"$(shell sed -n 's/^  "version": "\(.*\)",$$/\1/p' ../package.json)"'

build/sandboxify: $(patsubst %,build/obj/%.o,$(SANDBOXIFY_PARTS)) build/libcore.a
	$(CC) -static-pie -Wl,-z,relro,-z,now -o $@ $^

TAP_TESTS += build/test/sandboxify-unit build/test/dump-test build/test/sandboxify-races \
	test/sandboxify-targets test/sandboxify-start test/sandboxify-dump

build/test/sandboxify-unit: $(patsubst %,build/asan/%.o,test/sandboxify-unit test/tap options pages suspend-facts)
build/test/dump-test: $(patsubst %,build/asan/%.o,test/dump-test test/tap listing summary bpf abi-names) build/asan/libcore.a
build/test/sandboxify-unit build/test/dump-test:
	@mkdir -p $(@D)
	$(CC) $(ASAN_LDFLAGS) -o $@ $^

build/test/sandboxify-races: $(patsubst %,build/obj/test/%.o,sandboxify-races start tap)
	@mkdir -p $(@D)
	$(CC) $(HOSTED_LDFLAGS) -o $@ $^
