package io.dnsproxy.app;

import io.dnsproxy.app.settings.SettingException;
import io.dnsproxy.listener.ServerTls;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

/** The certificate that clients of DNS over TLS see, from an SSL bundle, followed when its files change. */
final class ClientTls {

    private static final Logger LOG = LoggerFactory.getLogger(ClientTls.class);

    private static final String SETTING = "dnsproxy.listen.tls.ssl-bundle";

    private ClientTls() {}

    static ServerTls of(SslBundles bundles, String bundleName) {
        ServerTls tls;
        try {
            tls = serverTls(bundles.getBundle(bundleName));
        } catch (NoSuchSslBundleException unknown) {
            throw new SettingException(
                    SETTING, "is '" + bundleName + "', and there is no SSL bundle of that name", mend(bundleName));
        } catch (RuntimeException | GeneralSecurityException | SSLException unusable) {
            throw new SettingException(
                    SETTING,
                    "is '" + bundleName + "', a bundle that cannot serve clients: " + unusable.getMessage(),
                    mend(bundleName));
        }
        bundles.addBundleUpdateHandler(bundleName, bundle -> replace(tls, bundleName, bundle));
        return tls;
    }

    private static ServerTls serverTls(SslBundle bundle) throws GeneralSecurityException, SSLException {
        KeyStore keys = bundle.getStores().getKeyStore();
        if (keys == null || keys.size() == 0) {
            throw new GeneralSecurityException("it has no key");
        }
        return new ServerTls(bundle.getManagers().getKeyManagerFactory(), termsOf(bundle));
    }

    private static ServerTls.Terms termsOf(SslBundle bundle) {
        return new ServerTls.Terms(
                listOf(bundle.getOptions().getEnabledProtocols()),
                listOf(bundle.getOptions().getCiphers()));
    }

    private static List<String> listOf(String @Nullable [] names) {
        return names == null ? List.of() : List.of(names);
    }

    /** A file that is broken, or half written, changes nothing: the next change to it is another chance. */
    private static void replace(ServerTls tls, String bundleName, SslBundle bundle) {
        try {
            tls.replace(bundle.getManagers().getKeyManagerFactory(), termsOf(bundle));
            LOG.info("SSL bundle {} is reloaded for clients of DNS over TLS", bundleName);
        } catch (RuntimeException | SSLException e) {
            LOG.warn("SSL bundle {} cannot be reloaded, the earlier one stays: {}", bundleName, e.getMessage());
        }
    }

    private static String mend(String bundleName) {
        String keystore = "spring.ssl.bundle.pem." + bundleName + ".keystore.";
        return "Set " + keystore + "certificate=file:/path/to/chain.pem and " + keystore
                + "private-key=file:/path/to/key.pem.";
    }
}
