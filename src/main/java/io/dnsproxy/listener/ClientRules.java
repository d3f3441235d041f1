package io.dnsproxy.listener;

import org.jspecify.annotations.Nullable;

/**
 * Which clients are served, and what they must show.
 *
 * @param served networks whose queries are answered
 * @param dropOthers whether clients of other networks get no answer at all, in place of REFUSED
 * @param cookies that clients get and may show; null: theirs are ignored
 * @param rateLimit how often a client may ask by UDP that shows no good cookie; null: without limit
 */
public record ClientRules(
        ClientNetworks served,
        boolean dropOthers,
        @Nullable ServerCookies cookies,
        @Nullable RateLimit rateLimit) {

    /** Serves these networks, refuses others, and wants nothing shown. */
    public static ClientRules serving(ClientNetworks served) {
        return new ClientRules(served, false, null, null);
    }
}
