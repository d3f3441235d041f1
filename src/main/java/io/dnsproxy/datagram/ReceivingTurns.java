package io.dnsproxy.datagram;

import java.lang.foreign.MemorySegment;

/**
 * Has the receiving thread wait its turn while datagrams come in batches. Each datagram wakes it, and a thread that wakes pushes aside
 * the one that runs on its core: under load that is the one which is just making the answers, so that few datagrams are taken at a
 * time, and both change places all the time. By the scheduling policy {@code SCHED_BATCH} it lets the other finish first. Where
 * datagrams come one by one nobody should wait, and the policy is the default again. A system that does not allow this is asked once, and a
 * policy that somebody else chose for the thread is left alone. For the receiving thread, whose policy it is; threads that it starts
 * inherit it.
 */
final class ReceivingTurns {

    private static final int SCHED_OTHER = 0;
    private static final int SCHED_BATCH = 3;

    /** The mean batch from which on the thread waits. */
    private static final int MANY = 4;

    /** And below which it does so no more; while it waits, batches are larger. */
    private static final int FEW = 2;

    /** So many batches, about, make the mean. */
    private static final int WINDOW = 64;

    /** Parts of a datagram in which the mean is kept. */
    private static final int UNIT = 16;

    private final MemorySegment errno = LinuxCalls.newErrno();
    private int windowSum = WINDOW * UNIT;
    private boolean waits;
    private boolean refused;

    /** A batch was received and handled; 0: none came in time. */
    void received(int datagrams) {
        if (datagrams == 0 || refused) {
            return;
        }
        windowSum += datagrams * UNIT - windowSum / WINDOW;
        if (!waits && windowSum > MANY * WINDOW * UNIT) {
            change(SCHED_OTHER, SCHED_BATCH);
        } else if (waits && windowSum < FEW * WINDOW * UNIT) {
            change(SCHED_BATCH, SCHED_OTHER);
        }
    }

    private void change(int from, int to) {
        refused = LinuxCalls.policyOfThread(errno) != from || LinuxCalls.setPolicyOfThread(errno, to) < 0;
        waits = to == SCHED_BATCH;
    }
}
