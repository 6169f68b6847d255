# sandboxify: static, so that it starts fast, under any libc, and no preloaded library comes before it.
PROGRAMS += build/sandboxify
SANDBOXIFY_PARTS := sandboxify options launch pages suspend suspend-facts tracer say dump inspect listing summary bpf abi-names
CFLAGS_sandboxify := -DVERSION='"$(shell sed -n 's/^  "version": "\(.*\)",$$/\1/p' ../package.json)"'

build/sandboxify: $(patsubst %,build/obj/%.o,$(SANDBOXIFY_PARTS)) build/libcore.a
	$(CC) -static-pie -Wl,-z,relro,-z,now -o $@ $^

TAP_TESTS += build/test/sandboxify-unit test/sandboxify-targets test/sandboxify-start test/sandboxify-dump build/test/sandboxify-races

build/test/sandboxify-unit: $(patsubst %,build/asan/%.o,test/sandboxify-unit test/tap options pages suspend-facts \
	listing summary bpf abi-names) build/asan/libcore.a
	@mkdir -p $(@D)
	$(CC) $(ASAN_LDFLAGS) -o $@ $^

CFLAGS_test/sandboxify-races := -I.
build/test/sandboxify-races: build/obj/test/sandboxify-races.o build/obj/test/tap.o
	@mkdir -p $(@D)
	$(CC) $(HOSTED_LDFLAGS) -o $@ $^
