package io.dnsproxy.resolver.cache.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisConnectionException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Failures in a few words for people: without credentials, and without names that clients asked for. */
final class RedisFailures {

    static final String SLOW = "slower than the budget";
    static final String TIMEOUT = "no reply in time";

    /** A slot is on its way to another node of the cluster; says nothing against Redis. */
    static final String TRY_AGAIN = "refused: TRYAGAIN";

    private static final int MAX_LENGTH = 160;

    /** An error of Redis starts with its code; what follows may repeat what was sent. */
    private static final Pattern CODE = Pattern.compile("[A-Z]{2,20}\\b");

    private RedisFailures() {}

    static String text(Throwable failure) {
        // The innermost says why; what is around it says that.
        Throwable root = failure;
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (at instanceof RedisCommandExecutionException) {
                return "refused: " + code(at);
            }
            root = at;
        }
        if (root instanceof TimeoutException || root instanceof RedisCommandTimeoutException) {
            return TIMEOUT;
        }
        String message = root.getMessage();
        boolean aboutTheConnection = root instanceof IOException
                || root instanceof GeneralSecurityException
                || root instanceof RedisConnectionException;
        return aboutTheConnection && message != null
                ? message.substring(0, Math.min(message.length(), MAX_LENGTH))
                : root.getClass().getSimpleName();
    }

    private static String code(Throwable refused) {
        String message = refused.getMessage();
        Matcher code = CODE.matcher(message == null ? "" : message);
        return code.lookingAt() ? code.group() : "error";
    }
}
