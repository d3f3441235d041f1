package io.dnsproxy.listener;

import java.time.Duration;

/**
 * How often a client may ask by UDP.
 *
 * @param queriesPerSecond of one network, in the long run; at least 1
 * @param burst so much time's queries may come at once; at least one query may
 * @param slip of the queries over the limit every so manieth is answered, with TC and nothing else; 0 is none
 * @param ipv4PrefixBits addresses that have so many leading bits in common are one network
 * @param ipv6PrefixBits the same for IPv6
 * @param maxNetworks that are kept apart, about
 * @param exempt networks that may ask as often as they like
 */
public record RateLimitSettings(
        int queriesPerSecond,
        Duration burst,
        int slip,
        int ipv4PrefixBits,
        int ipv6PrefixBits,
        int maxNetworks,
        ClientNetworks exempt) {}
