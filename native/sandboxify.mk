# sandboxify: static, so that it starts fast, under any libc, and no preloaded library comes before it.
PROGRAMS += build/sandboxify
SANDBOXIFY_PARTS := sandboxify options launch pages suspend suspend-facts tracer say dump inspect listing summary bpf abi-names
CFLAGS_sandboxify := -DVERSION='"$(shell sed -n 's/^  "version": "\(.*\)",$$/\1/p' ../package.json)"'

build/sandboxify: $(patsubst %,build/obj/%.o,$(SANDBOXIFY_PARTS)) build/libcore.a
	$(CC) -static-pie -Wl,-z,relro,-z,now -o $@ $^

TAP_TESTS += test/sandboxify-targets test/sandboxify-start
