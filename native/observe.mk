# audit-listen and session-run, what `profiler observe` is made of, and their tests.
LISTEN := audit-listen listen-loop listen-source listen-output line-ring audit-netlink audit-rules give-up end-signals \
	serve serve-reader held-lines reader-word handed-over notify-socket
SESSION := session-run session-lines session-id session-maps session-marker session-signals session-start session-tree session-wait audit-netlink
PROGRAMS += build/audit-listen build/session-run

build/audit-listen: $(patsubst %,build/obj/%.o,$(LISTEN))
	$(CC) $(HOSTED_LDFLAGS) -o $@ $^

build/session-run: $(patsubst %,build/obj/%.o,$(SESSION))
	$(CC) $(HOSTED_LDFLAGS) -o $@ $^

OBSERVE_TESTS := $(addprefix build/test/,line-ring-test held-lines-test serve-test session-lines-test)
TAP_TESTS += $(OBSERVE_TESTS)

build/test/line-ring-test: build/asan/line-ring.o
build/test/held-lines-test: $(patsubst %,build/asan/%.o,held-lines line-ring reader-word)
build/test/serve-test: $(patsubst %,build/asan/%.o,serve serve-reader held-lines line-ring reader-word listen-source audit-netlink end-signals)
build/test/session-lines-test: build/asan/session-lines.o
$(OBSERVE_TESTS): build/test/%: build/asan/test/%.o build/asan/test/tap.o
	@mkdir -p $(@D)
	$(CC) $(ASAN_LDFLAGS) -o $@ $^

SESSION_LIVE_TEST := build/test/session-run-test
TAP_TESTS += $(SESSION_LIVE_TEST)

$(SESSION_LIVE_TEST): $(patsubst %,build/obj/test/%.o,session-run-test session tap) | build/session-run
	@mkdir -p $(@D)
	$(CC) $(HOSTED_LDFLAGS) -o $@ $^
