// Java's Tyrus as a puppet: see puppets.py for what it is told and what it tells.

import jakarta.websocket.ClientEndpointConfig;
import jakarta.websocket.CloseReason;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.PongMessage;
import jakarta.websocket.Session;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.glassfish.tyrus.client.ClientManager;
import org.glassfish.tyrus.client.ClientProperties;
import org.glassfish.tyrus.client.SslEngineConfigurator;
import org.glassfish.tyrus.core.HandshakeException;

public final class Tyrus extends Endpoint {
    private static Session session;

    public static void main(String[] arguments) throws Exception {
        var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (var line = lines.readLine(); line != null; line = lines.readLine()) {
            obey(line.split(" ", -1));
        }
        System.exit(0);
    }

    private static void obey(String[] words) throws Exception {
        switch (words[0]) {
            case "open" -> open(words[1], words[2], words[3]);
            case "text" -> session.getBasicRemote().sendText(text(words[1]));
            case "binary" -> session.getBasicRemote().sendBinary(bytes(words[1]));
            case "fragments" -> sendFragments(Arrays.copyOfRange(words, 1, words.length));
            case "ping" -> session.getBasicRemote().sendPing(bytes(words[1]));
            case "pong" -> session.getBasicRemote().sendPong(bytes(words[1]));
            case "close" -> {
                var code = CloseReason.CloseCodes.getCloseCode(Integer.parseInt(words[1]));
                session.close(new CloseReason(code, text(words[2])));
            }
            default -> throw new IllegalArgumentException(words[0]);
        }
    }

    private static void open(String url, String subprotocols, String ca) throws Exception {
        var client = ClientManager.createClient();
        if (!ca.isEmpty()) {
            client.getProperties().put(ClientProperties.SSL_ENGINE_CONFIGURATOR, trusting(Path.of(ca)));
        }
        var offered = Arrays.asList(subprotocols.split(","));
        var config = ClientEndpointConfig.Builder.create().preferredSubprotocols(offered).build();
        try {
            client.connectToServer(new Tyrus(), config, URI.create(url));
        } catch (DeploymentException refused) {
            var why = refused.getCause();
            tell("refused", why instanceof HandshakeException shaken ? shaken.getHttpStatusCode() : 0);
        }
    }

    private static SslEngineConfigurator trusting(Path ca) throws Exception {
        var store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null);
        try (var pem = Files.newInputStream(ca)) {
            store.setCertificateEntry("ca", CertificateFactory.getInstance("X.509").generateCertificate(pem));
        }
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        var context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return new SslEngineConfigurator(context, true, false, false);
    }

    private static void sendFragments(String[] parts) throws Exception {
        for (var n = 0; n < parts.length; n++) {
            session.getBasicRemote().sendBinary(bytes(parts[n]), n == parts.length - 1);
        }
    }

    @Override
    public void onOpen(Session opened, EndpointConfig config) {
        session = opened;
        tell("open", opened.getNegotiatedSubprotocol(), opened.getNegotiatedExtensions().size());
        opened.addMessageHandler(String.class, (MessageHandler.Whole<String>) message ->
            tell("text", packed(message.getBytes(StandardCharsets.UTF_8))));
        opened.addMessageHandler(byte[].class, (MessageHandler.Whole<byte[]>) message ->
            tell("binary", packed(message)));
        opened.addMessageHandler(PongMessage.class, (MessageHandler.Whole<PongMessage>) message -> {
            var payload = new byte[message.getApplicationData().remaining()];
            message.getApplicationData().get(payload);
            tell("pong", packed(payload));
        });
    }

    @Override
    public void onClose(Session closed, CloseReason reason) {
        var phrase = reason.getReasonPhrase() == null ? "" : reason.getReasonPhrase();
        tell("closed", reason.getCloseCode().getCode(), packed(phrase.getBytes(StandardCharsets.UTF_8)));
    }

    private static synchronized void tell(Object... words) {
        var line = new StringBuilder();
        for (var word : words) {
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        System.out.println(line);
    }

    private static String packed(byte[] payload) {
        return Base64.getEncoder().encodeToString(payload);
    }

    private static ByteBuffer bytes(String word) {
        return ByteBuffer.wrap(Base64.getDecoder().decode(word));
    }

    private static String text(String word) {
        return new String(Base64.getDecoder().decode(word), StandardCharsets.UTF_8);
    }
}
