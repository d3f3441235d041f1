package io.dnsproxy.datagram;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.dnsproxy.datagram.DatagramBindException.Reason;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.List;

/** A bound UDP socket: opened with all its options, used through its descriptor, closed by its owner. */
final class LinuxSocket {

    /** How long a blocking receive sleeps before it looks whether it shall stop. */
    static final int WAIT_MILLIS = 250;

    private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
    private static final int SO_SNDBUF = 7;
    private static final int SO_RCVBUF = 8;
    private static final int SO_REUSEPORT = 15;
    private static final int SO_RCVTIMEO = 20;
    private static final int IP_MTU_DISCOVER = 10;
    private static final int IPV6_MTU_DISCOVER = 23;
    private static final int IPV6_V6ONLY = 26;
    private static final int IPV6_RECVPKTINFO = 49;

    /** Fragments by the MTU of the interface alone, so that no forged ICMP message can make replies fragments. */
    private static final int PMTUDISC_OMIT = 5;

    private static final int EPERM = 1;
    private static final int EACCES = 13;
    private static final int EAFNOSUPPORT = 97;
    private static final int EADDRINUSE = 98;
    private static final int EADDRNOTAVAIL = 99;

    private final MemorySegment errno = LinuxCalls.newErrno();
    private final int descriptor;
    private final boolean ipv6;
    private final InetSocketAddress localAddress;
    private int drops;

    private LinuxSocket(InetSocketAddress address, DatagramSettings settings, boolean sharePort) throws IOException {
        InetAddress host = address.getAddress();
        boolean asIpv6 = !(host instanceof Inet4Address);
        int opened = open(asIpv6);
        if (opened == -EAFNOSUPPORT && host.isAnyLocalAddress()) {
            host = InetAddress.getByAddress(new byte[4]);
            asIpv6 = false;
            opened = open(false);
        }
        if (opened < 0) {
            throw bindException(address, -opened);
        }
        this.descriptor = opened;
        this.ipv6 = asIpv6;
        try {
            configure(host, settings, sharePort, servesIpv4Too(address, settings.addresses()));
            this.localAddress = bind(host, address);
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    static LinuxSocket open(InetSocketAddress address, DatagramSettings settings, boolean sharePort)
            throws IOException {
        return new LinuxSocket(address, settings, sharePort);
    }

    int descriptor() {
        return descriptor;
    }

    boolean isIpv6() {
        return ipv6;
    }

    /** Whether datagrams to several addresses arrive here, so that a reply must say from which it leaves. */
    boolean isWildcard() {
        return localAddress.getAddress().isAnyLocalAddress();
    }

    InetSocketAddress localAddress() {
        return localAddress;
    }

    /** What the kernel said last about its drops; for the receiving thread. */
    int drops() {
        return drops;
    }

    void drops(int now) {
        drops = now;
    }

    void close() {
        int _ = LinuxCalls.close(errno, descriptor);
    }

    private void configure(InetAddress host, DatagramSettings settings, boolean sharePort, boolean ipv4Too)
            throws SocketException {
        if (sharePort) {
            set(ControlMessages.SOL_SOCKET, SO_REUSEPORT, 1);
        }
        set(ControlMessages.SOL_SOCKET, SO_RCVBUF, settings.receiveBufferOctets());
        set(ControlMessages.SOL_SOCKET, SO_SNDBUF, settings.sendBufferOctets());
        prefer(ControlMessages.SOL_SOCKET, ControlMessages.SO_RXQ_OVFL, 1);
        MemorySegment wait = Arena.ofAuto().allocate(JAVA_LONG, 2);
        wait.setAtIndex(JAVA_LONG, 1, WAIT_MILLIS * 1_000L);
        set(ControlMessages.SOL_SOCKET, SO_RCVTIMEO, wait);
        if (ipv6) {
            set(ControlMessages.SOL_IPV6, IPV6_V6ONLY, ipv4Too ? 0 : 1);
            prefer(ControlMessages.SOL_IPV6, IPV6_MTU_DISCOVER, PMTUDISC_OMIT);
        }
        if (!ipv6 || ipv4Too) {
            prefer(ControlMessages.SOL_IP, IP_MTU_DISCOVER, PMTUDISC_OMIT);
        }
        if (host.isAnyLocalAddress()) {
            set(
                    ipv6 ? ControlMessages.SOL_IPV6 : ControlMessages.SOL_IP,
                    ipv6 ? IPV6_RECVPKTINFO : ControlMessages.IP_PKTINFO,
                    1);
        }
    }

    private int open(boolean asIpv6) {
        return LinuxCalls.socket(errno, asIpv6 ? SocketNames.AF_INET6 : SocketNames.AF_INET, SOCK_DGRAM_CLOEXEC);
    }

    private InetSocketAddress bind(InetAddress host, InetSocketAddress asked) throws IOException {
        MemorySegment name = Arena.ofAuto().allocate(SocketNames.STRIDE_OCTETS, Long.BYTES);
        Peer self = Peer.of(new InetSocketAddress(host, asked.getPort()));
        int octets = SocketNames.write(name, 0, self, ipv6);
        int error = LinuxCalls.bind(errno, descriptor, name, octets);
        if (error < 0) {
            throw bindException(asked, -error);
        }
        MemorySegment length = Arena.ofAuto().allocateFrom(JAVA_INT, octets);
        check(LinuxCalls.getsockname(errno, descriptor, name, length), "getsockname");
        SocketNames.read(name, 0, self, 0);
        return new InetSocketAddress(host, self.port());
    }

    /** Sets what a kernel need not have: everything works without, only not as well. */
    private void prefer(int level, int option, int value) {
        int _ = LinuxCalls.setsockopt(
                errno, descriptor, level, option, Arena.ofAuto().allocateFrom(JAVA_INT, value));
    }

    private void set(int level, int option, int value) throws SocketException {
        set(level, option, Arena.ofAuto().allocateFrom(JAVA_INT, value));
    }

    private void set(int level, int option, MemorySegment value) throws SocketException {
        check(
                LinuxCalls.setsockopt(errno, descriptor, level, option, value),
                "socket option " + option + " of level " + level);
    }

    private static void check(int result, String what) throws SocketException {
        if (result < 0) {
            throw new SocketException(what + ": " + LinuxCalls.message(-result));
        }
    }

    /** Whether this is {@code ::} and {@code 0.0.0.0} is not listed with the same port: two sockets cannot both have IPv4. */
    private static boolean servesIpv4Too(InetSocketAddress address, List<InetSocketAddress> listed) {
        if (!address.getAddress().isAnyLocalAddress()) {
            return false;
        }
        for (InetSocketAddress other : listed) {
            if (other.getPort() == address.getPort()
                    && other.getAddress().isAnyLocalAddress()
                    && other.getAddress() instanceof Inet4Address) {
                return false;
            }
        }
        return true;
    }

    private static DatagramBindException bindException(InetSocketAddress address, int error) {
        Reason reason = switch (error) {
            case EADDRINUSE -> Reason.IN_USE;
            case EACCES, EPERM -> Reason.PERMISSION;
            case EADDRNOTAVAIL, EAFNOSUPPORT -> Reason.NOT_AVAILABLE;
            default -> Reason.OTHER;
        };
        return new DatagramBindException(reason, address, LinuxCalls.message(error));
    }
}
