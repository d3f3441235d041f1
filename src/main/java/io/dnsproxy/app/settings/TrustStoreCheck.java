package io.dnsproxy.app.settings;

import io.dnsproxy.app.settings.DnsproxyProperties.Server;
import io.dnsproxy.app.settings.DnsproxyProperties.Upstream;
import java.io.FileNotFoundException;
import java.nio.file.FileSystemException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslOptions;

/** Refuses a trust store that is not there or cannot be read, before anything connects. */
final class TrustStoreCheck {

    private final SslBundles bundles;

    TrustStoreCheck(SslBundles bundles) {
        this.bundles = bundles;
    }

    void check(DnsproxyProperties settings) {
        Upstream upstream = settings.upstream();
        String common = upstream.sslBundle();
        check("dnsproxy.upstream.ssl-bundle", common);
        check("dnsproxy.upstream.servers", upstream.servers(), common);
        check("dnsproxy.upstream.bootstrap", upstream.bootstrap(), common);
        for (int i = 0; i < settings.routes().size(); i++) {
            check("dnsproxy.routes[" + i + "].servers", settings.routes().get(i).servers(), common);
        }
    }

    private void check(String setting, List<Server> servers, @Nullable String common) {
        for (int i = 0; i < servers.size(); i++) {
            String name = servers.get(i).sslBundle();
            if (name != null && !name.equals(common)) {
                check(setting + "[" + i + "].ssl-bundle", name);
            }
        }
    }

    private void check(String setting, @Nullable String name) {
        if (name == null) {
            return;
        }
        boolean hasTrustStore;
        SslOptions options;
        try {
            SslBundle bundle = bundles.getBundle(name);
            hasTrustStore = bundle.getStores().getTrustStore() != null;
            options = bundle.getOptions();
        } catch (NoSuchSslBundleException unknown) {
            throw unknown(setting, name);
        } catch (RuntimeException unreadable) {
            throw new SettingException(
                    setting,
                    "is '" + name + "', a bundle whose trust store cannot be read: " + reason(unreadable),
                    "Let " + certificateSetting(name) + " name a file (file:/path/to/ca.pem) that holds certificates in"
                            + " PEM and that this user may read.");
        }
        if (!hasTrustStore) {
            throw new SettingException(
                    setting,
                    "is '" + name + "', a bundle without a trust store",
                    "Set " + certificateSetting(name) + ", or leave the bundle out to trust what the JVM trusts.");
        }
        if (options.isSpecified()) {
            throw new SettingException(
                    setting,
                    "is '" + name
                            + "', a bundle with options for ciphers or protocols, which upstreams are not asked by",
                    "Leave spring.ssl.bundle.pem." + name + ".options out: TLS 1.3 and 1.2 with the JVM's ciphers are"
                            + " spoken; the JVM's own settings (jdk.tls.disabledAlgorithms) narrow them.");
        }
    }

    private SettingException unknown(String setting, String name) {
        List<String> known = bundles.getBundleNames();
        return new SettingException(
                setting,
                "is '" + name + "', and there is no SSL bundle of that name",
                "Set " + certificateSetting(name) + "=file:/path/to/ca.pem"
                        + (known.isEmpty() ? "." : ", or write one that there is: " + String.join(", ", known) + "."));
    }

    private static String certificateSetting(String bundle) {
        return "spring.ssl.bundle.pem." + bundle + ".truststore.certificate";
    }

    /** The file system's own words where there are any; those of the parser say less than those of its callers. */
    private static @Nullable String reason(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof FileNotFoundException || cause instanceof FileSystemException) {
                return cause.getMessage();
            }
        }
        return failure.getMessage();
    }
}
