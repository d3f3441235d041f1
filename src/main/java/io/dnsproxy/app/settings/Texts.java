package io.dnsproxy.app.settings;

import io.dnsproxy.resolver.local.ServerIdentity;
import io.dnsproxy.wire.Name;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks texts that go into DNS messages. */
final class Texts {

    private Texts() {}

    /** Domain names that are more than the root. */
    static void checkNames(String setting, List<String> names) {
        for (String name : names) {
            if (!isName(name)) {
                throw new SettingException(
                        setting,
                        "has '" + name + "', which is no domain name",
                        "Write names such as home.arpa or 10.in-addr.arpa, separated by commas.");
            }
        }
    }

    private static boolean isName(String name) {
        try {
            return Name.octets(name).length > 1;
        } catch (IllegalArgumentException refused) {
            return false;
        }
    }

    /** Octets in hexadecimal digits. The message never has them. */
    static void checkSecrets(String setting, List<String> secrets, int octets) {
        for (String secret : secrets) {
            if (secret.length() != 2 * octets || !secret.chars().allMatch(HexFormat::isHexDigit)) {
                throw new SettingException(
                        setting,
                        "has an entry that is not " + 2 * octets + " hexadecimal digits",
                        "Write what `openssl rand -hex " + octets + "` prints; several are separated by commas.");
            }
        }
    }

    /** Blank is none. */
    static @Nullable String orNone(@Nullable String text) {
        return text == null || text.isBlank() ? null : text;
    }

    /** A text that fits one character string; blank is none. */
    static @Nullable String checkedOrNone(String setting, @Nullable String text) {
        if (text == null || text.isBlank()) {
            return null;
        }
        if (text.length() > ServerIdentity.MAX_TEXT_OCTETS || !text.chars().allMatch(c -> c >= ' ' && c <= '~')) {
            throw new SettingException(
                    setting,
                    "is no text that fits a TXT record",
                    "Write up to " + ServerIdentity.MAX_TEXT_OCTETS + " ASCII characters.");
        }
        return text;
    }
}
