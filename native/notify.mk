# notify: passes the daemon's words to the service manager, which listens on a datagram socket that Node cannot open.
PROGRAMS += build/notify

build/notify: $(patsubst %,build/obj/%.o,notify notify-socket)
	$(CC) $(HOSTED_LDFLAGS) -o $@ $^
