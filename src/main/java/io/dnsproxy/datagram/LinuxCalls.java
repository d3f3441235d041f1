package io.dnsproxy.datagram;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The C library's functions that UDP needs, and nothing around them.
 *
 * <p>A failure is the negative errno, as in the kernel itself. The errno is captured in a segment of the caller's, from
 * {@link #newErrno}, which one thread uses at a time. Types and values are those of 64-bit Linux; they are the same on
 * x86-64 and aarch64. None of these is linked as a critical function: those that block would hold up the garbage
 * collector, and a batch takes too long as well.
 */
@SuppressWarnings("restricted")
final class LinuxCalls {

    static final int EINTR = 4;
    static final int EAGAIN = 11;

    private static final int PROT_READ_WRITE = 0x1 | 0x2;
    private static final int MAP_PRIVATE_ANONYMOUS = 0x02 | 0x20;
    private static final int MADV_NOHUGEPAGE = 15;
    private static final long MAX_MESSAGE_OCTETS = 1_024;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final MemoryLayout ERRNO = Linker.Option.captureStateLayout();
    private static final long ERRNO_OFFSET = ERRNO.byteOffset(PathElement.groupElement("errno"));

    private static final MethodHandle SOCKET = link("socket", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle SETSOCKOPT =
            link("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle BIND = link("bind", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle GETSOCKNAME = link("getsockname", JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle CLOSE = link("close", JAVA_INT, JAVA_INT);
    private static final MethodHandle POLL = link("poll", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
    private static final MethodHandle RECVMMSG =
            link("recvmmsg", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS);
    private static final MethodHandle SENDMMSG = link("sendmmsg", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
    private static final MethodHandle MMAP =
            link("mmap", ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
    private static final MethodHandle MADVISE = link("madvise", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
    private static final MethodHandle MUNMAP = link("munmap", JAVA_INT, ADDRESS, JAVA_LONG);
    private static final MethodHandle SCHED_SETSCHEDULER =
            link("sched_setscheduler", JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS);
    private static final MethodHandle SCHED_GETSCHEDULER = link("sched_getscheduler", JAVA_INT, JAVA_INT);
    private static final MethodHandle STRERROR = link("strerror", ADDRESS, JAVA_INT);

    private LinuxCalls() {}

    static int socket(MemorySegment errno, int family, int type) {
        try {
            return result(errno, (int) SOCKET.invokeExact(errno, family, type, 0));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int setsockopt(MemorySegment errno, int descriptor, int level, int option, MemorySegment value) {
        try {
            int length = (int) value.byteSize();
            return result(errno, (int) SETSOCKOPT.invokeExact(errno, descriptor, level, option, value, length));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int bind(MemorySegment errno, int descriptor, MemorySegment name, int length) {
        try {
            return result(errno, (int) BIND.invokeExact(errno, descriptor, name, length));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int getsockname(MemorySegment errno, int descriptor, MemorySegment name, MemorySegment length) {
        try {
            return result(errno, (int) GETSOCKNAME.invokeExact(errno, descriptor, name, length));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int close(MemorySegment errno, int descriptor) {
        try {
            return result(errno, (int) CLOSE.invokeExact(errno, descriptor));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int poll(MemorySegment errno, MemorySegment descriptors, long count, int timeoutMillis) {
        try {
            return result(errno, (int) POLL.invokeExact(errno, descriptors, count, timeoutMillis));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Without a timeout: it would only be looked at between two datagrams. */
    static int recvmmsg(MemorySegment errno, int descriptor, MemorySegment headers, int count, int flags) {
        try {
            return result(
                    errno, (int) RECVMMSG.invokeExact(errno, descriptor, headers, count, flags, MemorySegment.NULL));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int sendmmsg(MemorySegment errno, int descriptor, MemorySegment headers, int count, int flags) {
        try {
            return result(errno, (int) SENDMMSG.invokeExact(errno, descriptor, headers, count, flags));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** The scheduling policy of the calling thread. */
    static int policyOfThread(MemorySegment errno) {
        try {
            return result(errno, (int) SCHED_GETSCHEDULER.invokeExact(errno, 0));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Sets the scheduling policy of the calling thread, to one of those that know no priority. */
    static int setPolicyOfThread(MemorySegment errno, int policy) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment priority = arena.allocate(JAVA_INT);
            return result(errno, (int) SCHED_SETSCHEDULER.invokeExact(errno, 0, policy, priority));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** The system's words for an errno. */
    static String message(int error) {
        try {
            MemorySegment text = (MemorySegment) STRERROR.invokeExact(newErrno(), error);
            return text.reinterpret(MAX_MESSAGE_OCTETS).getString(0);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static MemorySegment newErrno() {
        return Arena.ofAuto().allocate(ERRNO);
    }

    /**
     * Zeroed memory whose pages cost nothing until they are written to, unlike an arena's own, which is cleared by
     * writing. Unmapped when it is not reachable any more.
     */
    static MemorySegment mapUntouched(long octets) {
        try {
            MemorySegment errno = newErrno();
            MemorySegment start = (MemorySegment)
                    MMAP.invokeExact(errno, MemorySegment.NULL, octets, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0L);
            if (start.address() == -1) {
                throw new OutOfMemoryError(
                        "mmap of " + octets + " octets: " + message(errno.get(JAVA_INT, ERRNO_OFFSET)));
            }
            // A kernel without huge pages refuses this, and does not need it.
            int _ = (int) MADVISE.invokeExact(errno, start, octets, MADV_NOHUGEPAGE);
            return start.reinterpret(octets, Arena.ofAuto(), LinuxCalls::unmap);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    private static void unmap(MemorySegment mapped) {
        try {
            int _ = (int) MUNMAP.invokeExact(newErrno(), mapped, mapped.byteSize());
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    private static int result(MemorySegment errno, int returned) {
        return returned >= 0 ? returned : -errno.get(JAVA_INT, ERRNO_OFFSET);
    }

    private static MethodHandle link(String name, MemoryLayout returned, MemoryLayout... arguments) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(returned, arguments),
                Linker.Option.captureCallState("errno"));
    }

    /** The linked functions throw nothing of their own. */
    private static RuntimeException unexpected(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        if (e instanceof RuntimeException exception) {
            return exception;
        }
        throw new AssertionError(e);
    }
}
