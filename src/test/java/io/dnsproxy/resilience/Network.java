package io.dnsproxy.resilience;

import io.dnsproxy.testkit.ScriptedResolver;

/** The way between the proxies and the upstreams, and how it fails without anybody being told. One thread. */
interface Network {

    /** Nothing gets through to or from this upstream any more. */
    void cut(ScriptedResolver upstream);

    /** Nothing gets through any more on the connections of now; new ones work: a route has changed, an address translation has expired. */
    void cutConnections(ScriptedResolver upstream);

    /** Of the packets to and from this upstream, so many percent get lost. */
    void lose(ScriptedResolver upstream, int percent);

    /** All gets through again, as far as both sides still have their connections. */
    void mend();

    /** Whether packets get lost as on any network; else the upstreams merely fall silent. */
    boolean losesPackets();

    /** Connections that were begun here since the start, in vain or not; negative if that is not known. */
    long dials();
}
