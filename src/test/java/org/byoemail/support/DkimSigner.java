package org.byoemail.support;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Signs mail with dkimpy, an implementation that is not the gateway's, in one Python process.
 * Closed by its test; used by one thread at a time.
 */
public final class DkimSigner implements AutoCloseable {
  /** Debian's package brings this program; a test that signs requires it. */
  public static final String PROGRAM = "dkimsign";

  private static final Path SCRIPT =
      Path.of(System.getProperty("basedir", ""), "src", "test", "servers", "dkim-sign.py")
          .toAbsolutePath();
  private static final int ED25519_BYTES = 32;
  private static final int KEPT_BITS = 4096;
  private static final String KEPT_KEY = "/dkim/rsa-4096.txt";

  /** Made once, by their lengths: to make one takes a second. */
  private static final Map<Integer, Key> KEYS = new ConcurrentHashMap<>();

  private final ObjectMapper json = new ObjectMapper();
  private final Process process;
  private final BufferedWriter in;
  private final BufferedReader out;

  /** A private key in a file, and the record that publishes the other half. */
  private record Key(Path file, String record) {}

  public DkimSigner() {
    try {
      process =
          new ProcessBuilder("/usr/bin/python3", SCRIPT.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    in =
        new BufferedWriter(
            new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
    out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /** What a signature is made of. */
  public record Options(String canonicalize, int bits, boolean limited, List<String> fields) {
    /** As most mail is signed: relaxed, RSA with 2,048 bits, the fields that dkimpy chooses. */
    public static final Options USUAL = new Options("relaxed/relaxed", 2048, false, List.of());

    /** An Ed25519 key in place of RSA. */
    public static final int ED25519 = 0;

    public Options with(String form) {
      return new Options(form, bits, limited, fields);
    }

    public Options withBits(int number) {
      return new Options(canonicalize, number, limited, fields);
    }

    public Options withLimit() {
      return new Options(canonicalize, bits, true, fields);
    }

    public Options over(String... names) {
      return new Options(canonicalize, bits, limited, Arrays.asList(names));
    }
  }

  /** The TXT record that publishes the key of a domain. */
  public String record(Options options) {
    return key(options.bits()).record();
  }

  /** The mail with a DKIM-Signature of that domain on top. */
  public String sign(String mail, String domain, Options options) {
    Map<String, Object> asked = new LinkedHashMap<>();
    asked.put("message", mail);
    asked.put("key", key(options.bits()).file().toString());
    asked.put("selector", "s1");
    asked.put("domain", domain);
    asked.put("canonicalize", options.canonicalize());
    asked.put("algorithm", options.bits() == Options.ED25519 ? "ed25519-sha256" : "rsa-sha256");
    asked.put("length", options.limited());
    if (!options.fields().isEmpty()) {
      asked.put("include_headers", options.fields());
    }
    return made(asked);
  }

  /** The mail with an ARC set of that domain on top, over the results of that server in it. */
  public String seal(String mail, String domain, String server) {
    Map<String, Object> asked = new LinkedHashMap<>();
    asked.put("message", mail);
    asked.put("key", key(Options.USUAL.bits()).file().toString());
    asked.put("selector", "s1");
    asked.put("domain", domain);
    asked.put("arc", server);
    return made(asked);
  }

  private String made(Map<String, Object> asked) {
    try {
      in.write(json.writeValueAsString(asked));
      in.newLine();
      in.flush();
      String line = out.readLine();
      if (line == null) {
        throw new IllegalStateException("dkimpy ended");
      }
      return json.readValue(line, String.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Key key(int bits) {
    return KEYS.computeIfAbsent(bits, DkimSigner::make);
  }

  private static Key make(int bits) {
    try {
      boolean rsa = bits != Options.ED25519;
      KeyPair pair = bits == KEPT_BITS ? kept() : generated(bits);
      byte[] secret = pair.getPrivate().getEncoded();
      byte[] open = pair.getPublic().getEncoded();
      Base64.Encoder base64 = Base64.getEncoder();
      List<String> lines = new ArrayList<>();
      String published;
      if (rsa) {
        lines.add("-----BEGIN PRIVATE KEY-----");
        lines.add(Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(secret));
        lines.add("-----END PRIVATE KEY-----");
        published = base64.encodeToString(open);
      } else {
        lines.add(base64.encodeToString(last(secret)));
        published = base64.encodeToString(last(open));
      }
      Path file = Files.createTempFile("byo-dkim-", ".key");
      file.toFile().deleteOnExit();
      Files.write(file, lines);
      return new Key(file, "v=DKIM1; k=" + (rsa ? "rsa" : "ed25519") + "; p=" + published);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyPair generated(int bits) throws GeneralSecurityException {
    boolean rsa = bits != Options.ED25519;
    KeyPairGenerator generator = KeyPairGenerator.getInstance(rsa ? "RSA" : "Ed25519");
    if (rsa) {
      generator.initialize(bits);
    }
    return generator.generateKeyPair();
  }

  /** A key for tests alone: to generate one of that length may take a quarter of a minute. */
  private static KeyPair kept() throws IOException, GeneralSecurityException {
    KeyFactory factory = KeyFactory.getInstance("RSA");
    try (InputStream key = DkimSigner.class.getResourceAsStream(KEPT_KEY)) {
      byte[] encoded = Base64.getMimeDecoder().decode(key.readAllBytes());
      RSAPrivateCrtKey secret =
          (RSAPrivateCrtKey) factory.generatePrivate(new PKCS8EncodedKeySpec(encoded));
      return new KeyPair(
          factory.generatePublic(
              new RSAPublicKeySpec(secret.getModulus(), secret.getPublicExponent())),
          secret);
    }
  }

  private static byte[] last(byte[] encoded) {
    return Arrays.copyOfRange(encoded, encoded.length - ED25519_BYTES, encoded.length);
  }

  @Override
  public void close() {
    process.destroy();
  }
}
