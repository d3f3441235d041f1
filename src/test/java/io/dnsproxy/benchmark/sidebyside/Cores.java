package io.dnsproxy.benchmark.sidebyside;

/** Who may use which core. */
final class Cores {

    /** For what is measured, alone. */
    static final int SERVER = 0;

    /** For the generator and the upstream. */
    static final int OTHERS = 1;

    private Cores() {}
}
