# audit-listen and session-run, what `profiler observe` is made of, and their tests.
LISTEN := audit-listen listen-source listen-output line-ring audit-netlink audit-rules give-up
SESSION := session-run session-lines session-id session-marker session-start session-tree session-wait audit-netlink
PROGRAMS += build/audit-listen build/session-run

build/audit-listen: $(patsubst %,build/obj/%.o,$(LISTEN))
	$(CC) $(HOSTED_LDFLAGS) -o $@ $^

build/session-run: $(patsubst %,build/obj/%.o,$(SESSION))
	$(CC) $(HOSTED_LDFLAGS) -o $@ $^
