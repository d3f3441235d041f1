package io.dnsproxy.resilience;

import io.dnsproxy.testkit.Ending;
import io.dnsproxy.testkit.Reply;
import io.dnsproxy.testkit.ScriptedResolver;
import io.dnsproxy.testkit.ThrowawayAuthority;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.xbill.DNS.Rcode;

/** What goes wrong, with the first of two upstreams unless it says otherwise. */
enum Fault {
    NONE("nothing", Course.STAYS) {
        @Override
        void begin(Scene scene) {
            // a good day, to compare with
        }
    },
    IDLE_FIN("both close idle connections (FIN)", Course.STAYS) {
        @Override
        void begin(Scene scene) {
            // it needs a pause first
        }

        @Override
        void tick(Scene scene, int number) {
            if (scene.isQuiet()) {
                scene.both().forEach(upstream -> upstream.endConnections(Ending.CLOSE_NOTIFY));
            }
        }

        @Override
        boolean wantsPulses() {
            return true;
        }
    },
    IDLE_RST("both reset idle connections (RST)", Course.STAYS) {
        @Override
        void begin(Scene scene) {
            // it needs a pause first
        }

        @Override
        void tick(Scene scene, int number) {
            if (scene.isQuiet()) {
                scene.both().forEach(upstream -> upstream.endConnections(Ending.RESET));
            }
        }

        @Override
        boolean wantsPulses() {
            return true;
        }
    },
    FLIGHT_FIN("closes with queries unanswered, twice a second (FIN)", Course.STAYS) {
        @Override
        void begin(Scene scene) {
            endInFlight(scene.first(), Ending.FIN);
        }
    },
    FLIGHT_RST("resets with queries unanswered, twice a second (RST)", Course.STAYS) {
        @Override
        void begin(Scene scene) {
            endInFlight(scene.first(), Ending.RESET);
        }
    },
    KILL("every connection reset each 100 ms", Course.STAYS) {
        @Override
        void begin(Scene scene) {
            scene.first().endConnections(Ending.RESET);
        }

        @Override
        void tick(Scene scene, int number) {
            begin(scene);
        }
    },
    KILL_ALL("both: every connection reset each 100 ms", Course.STAYS) {
        @Override
        void begin(Scene scene) {
            scene.both().forEach(upstream -> upstream.endConnections(Ending.RESET));
        }

        @Override
        void tick(Scene scene, int number) {
            begin(scene);
        }

        @Override
        boolean leavesOneAlone() {
            return false;
        }
    },
    HALF_OPEN("packets of its open connections vanish, new connections work", Course.STAYS) {
        @Override
        void begin(Scene scene) {
            scene.network().cutConnections(scene.first());
        }
    },
    BLACKHOLE("all its packets vanish", Course.STAYS) {
        @Override
        void begin(Scene scene) {
            scene.network().cut(scene.first());
        }
    },
    BLACKHOLE_ALL("both: all packets vanish, then pass again", Course.OUTAGE) {
        @Override
        void begin(Scene scene) {
            scene.both().forEach(scene.network()::cut);
        }

        @Override
        void end(Scene scene) {
            scene.network().mend();
        }

        @Override
        boolean leavesOneAlone() {
            return false;
        }
    },
    PACKET_LOSS("20 % of its packets are lost", Course.STAYS) {
        @Override
        void begin(Scene scene) {
            scene.network().lose(scene.first(), 20);
        }

        @Override
        boolean canBeHad(Scene scene) {
            return scene.network().losesPackets();
        }
    },
    SLOW("ten times as slow", Course.STAYS) {
        @Override
        void begin(Scene scene) {
            scene.first().answer(_ -> Reply.right().after(Scene.DISTANCE.multipliedBy(10)));
        }
    },
    LOSE_1("1 % of its answers never come", Course.STAYS) {
        @Override
        void begin(Scene scene) {
            loseEach(100, scene.first());
        }
    },
    LOSE_20("20 % of its answers never come", Course.STAYS) {
        @Override
        void begin(Scene scene) {
            loseEach(5, scene.first());
        }
    },
    SERVFAIL("answers SERVFAIL", Course.STAYS) {
        @Override
        void begin(Scene scene) {
            scene.first().answer(_ -> Reply.failure(Rcode.SERVFAIL).after(Scene.DISTANCE));
        }
    },
    REFUSED("answers REFUSED", Course.STAYS) {
        @Override
        void begin(Scene scene) {
            scene.first().answer(_ -> Reply.failure(Rcode.REFUSED).after(Scene.DISTANCE));
        }
    },
    CERTIFICATE("shows a stranger's certificate, then its own again", Course.ENDS) {
        @Override
        void begin(Scene scene) {
            scene.show(ThrowawayAuthority.create().issue(ScriptedResolver.NAME));
        }

        @Override
        void end(Scene scene) {
            scene.showOwn();
        }
    },
    PIN("shows a new key, which is not the pinned one", Course.STAYS) {
        @Override
        void begin(Scene scene) {
            scene.show(scene.authority().issue(ScriptedResolver.NAME));
        }

        @Override
        boolean wantsPins() {
            return true;
        }
    },
    TICKETS("both: new ticket keys and a close each second", Course.STAYS) {
        @Override
        void begin(Scene scene) {
            for (ScriptedResolver upstream : scene.both()) {
                upstream.forgetSessions();
                upstream.endConnections(Ending.CLOSE_NOTIFY);
            }
        }

        @Override
        void tick(Scene scene, int number) {
            if (number % 10 == 0) {
                begin(scene);
            }
        }
    },
    IDS("ten answers with wrong ids or questions before each right one", Course.STAYS) {
        @Override
        void begin(Scene scene) {
            Reply wrong = Reply.right().wrongId().then(Reply.right().wrongQuestion());
            Reply flood = wrong.then(wrong).then(wrong).then(wrong).then(wrong).thenRight();
            scene.first().answer(_ -> flood.after(Scene.DISTANCE));
        }
    },
    RESTART("restarts, away for a second", Course.STAYS) {
        @Override
        void begin(Scene scene) {
            scene.takeDown(scene.first());
        }

        @Override
        void tick(Scene scene, int number) {
            if (number == 10) {
                scene.bringBack();
            }
        }
    },
    DOWN_ALL("both down, then back", Course.OUTAGE) {
        @Override
        void begin(Scene scene) {
            scene.both().forEach(scene::takeDown);
        }

        @Override
        void end(Scene scene) {
            scene.bringBack();
        }

        @Override
        boolean leavesOneAlone() {
            return false;
        }
    },
    CLOCK("the proxy's clock is set an hour ahead, then back", Course.ENDS) {
        @Override
        void begin(Scene scene) {
            scene.clock().set(Duration.ofHours(1));
        }

        @Override
        void end(Scene scene) {
            scene.clock().set(Duration.ZERO);
        }

        @Override
        boolean wantsFalseClock() {
            return true;
        }

        @Override
        boolean canBeHad(Scene scene) {
            return scene.clock().works();
        }
    };

    private static final long BETWEEN_ENDS_NANOS = 500_000_000;

    /** How a fault goes on. */
    enum Course {
        /** As long as anybody looks: recovery counts from its begin. */
        STAYS,
        /** It ends, and recovery counts from there. */
        ENDS,
        /** It ends too, but later. */
        OUTAGE
    }

    private final String title;
    private final Course course;

    Fault(String title, Course course) {
        this.title = title;
        this.course = course;
    }

    /** It goes wrong. */
    abstract void begin(Scene scene);

    /** Again, a tenth of a second later each time, numbered from 1. */
    void tick(Scene scene, int number) {
        // once is enough for most
    }

    /** It is well again, where it ends. */
    void end(Scene scene) {
        // stays, or has been ended by a tick
    }

    String title() {
        return title;
    }

    Course course() {
        return course;
    }

    /** As it is written on the command line. */
    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether one upstream works all the time, so that no query may fail. */
    boolean leavesOneAlone() {
        return true;
    }

    /** Whether it needs pauses in which nobody asks. */
    boolean wantsPulses() {
        return false;
    }

    /** Whether the proxy must know upstreams by their keys. */
    boolean wantsPins() {
        return false;
    }

    /** Whether the proxy must be started so that it can be told a wrong time. */
    boolean wantsFalseClock() {
        return false;
    }

    /** Whether this machine has what it takes. */
    boolean canBeHad(Scene scene) {
        return true;
    }

    /** Now and then a query is answered by the end of its connection, which leaves those before it unanswered too. */
    private static void endInFlight(ScriptedResolver upstream, Ending how) {
        AtomicLong nextNanos = new AtomicLong(System.nanoTime());
        upstream.answer(query -> {
            long due = nextNanos.get();
            boolean ends = query.arrivalNanos() - due >= 0
                    && nextNanos.compareAndSet(due, query.arrivalNanos() + BETWEEN_ENDS_NANOS);
            return ends ? Reply.none().thenEnd(how) : Scene.RIGHT;
        });
    }

    private static void loseEach(int nth, ScriptedResolver upstream) {
        AtomicLong queries = new AtomicLong();
        upstream.answer(_ -> queries.incrementAndGet() % nth == 0 ? Reply.none() : Scene.RIGHT);
    }
}
