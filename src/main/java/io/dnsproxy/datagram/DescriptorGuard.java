package io.dnsproxy.datagram;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Keeps descriptors open while anyone uses them, and closes them once nobody does.
 *
 * <p>The kernel gives the number of a closed descriptor to the next socket of the process. So nobody uses a number
 * without having entered, and the last one out closes.
 */
final class DescriptorGuard {

    /** Set in {@link #users} from the close on: the count goes on below it, and nobody enters any more. */
    private static final int CLOSED = Integer.MIN_VALUE;

    /** Four times what a receiving call waits; only a receiver that does not return takes longer. */
    private static final long CLOSE_WAIT_MILLIS = 1_000;

    private final AtomicInteger users = new AtomicInteger();
    private final CountDownLatch descriptorsClosed = new CountDownLatch(1);
    private final Runnable closeDescriptors;
    private volatile @Nullable Thread receiving;

    DescriptorGuard(Runnable closeDescriptors) {
        this.closeDescriptors = closeDescriptors;
    }

    /** Whether the descriptors may be used, until {@link #leave}. One compare-and-set, never blocks. */
    boolean enter() {
        int count;
        do {
            count = users.get();
            if (count < 0) {
                return false;
            }
        } while (!users.compareAndSet(count, count + 1));
        return true;
    }

    void leave() {
        if (users.decrementAndGet() == CLOSED) {
            closeDescriptors();
        }
    }

    /** As {@link #enter}, for the one receiving thread: it may close from within without waiting for itself. */
    boolean enterReceiving() {
        if (!enter()) {
            return false;
        }
        receiving = Thread.currentThread();
        return true;
    }

    void leaveReceiving() {
        receiving = null;
        leave();
    }

    boolean isClosed() {
        return users.get() < 0;
    }

    /** Lets nobody in any more, and waits until the last one has left and the descriptors are closed. */
    void close() {
        if (users.getAndUpdate(count -> count | CLOSED) == 0) {
            closeDescriptors();
        }
        if (receiving == Thread.currentThread()) {
            return;
        }
        try {
            // Whether they are closed by then or not, there is nothing else to do: the last one out closes them.
            var _ = descriptorsClosed.await(CLOSE_WAIT_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void closeDescriptors() {
        try {
            closeDescriptors.run();
        } finally {
            descriptorsClosed.countDown();
        }
    }
}
