package org.byoemail.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.byoemail.account.registry.SealedSecret;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.asm.ClassReader;
import org.springframework.asm.ClassVisitor;
import org.springframework.asm.Handle;
import org.springframework.asm.MethodVisitor;
import org.springframework.asm.Opcodes;
import org.springframework.asm.RecordComponentVisitor;
import org.springframework.asm.SpringAsmInfo;

/**
 * A record that holds a secret writes its own {@code toString}: the one that the compiler makes
 * shows every component, to whatever log or message the record gets into.
 */
class SecretRecordsTest {
  private static final Path CLASSES = Path.of("target", "classes", "org", "byoemail");
  private static final Pattern SECRET =
      Pattern.compile(
          "(?i)(?!.*uri$).*(password|secret|token|verifier|nonce|privateKey|keyset|assertion|cookie).*|link|key");
  private static final String TEXT = "Ljava/lang/String;";

  /** Named like a secret, and none. */
  private static final Set<String> PUBLIC =
      Set.of(
          // A page of the provider where administrators consent.
          "AuthorizationRefusal.link",
          "OAuthResult.link",
          // Published in DNS.
          "CatchAll.dnsToken",
          // A part of a selector of CSS.
          "Compound.key",
          // Ids of accounts and links, which are no secrets.
          "TestTarget.key",
          // Ids of keys that sign dossiers: digests of their public halves.
          "Link.key",
          "Seal.key",
          "DossierSealed.key",
          // A page of the console, which asks for a login.
          "MessageReviewRequested.link");

  private record Found(String record, List<String> secrets, boolean generated) {
    @Override
    public String toString() {
      return record + secrets;
    }
  }

  @Test
  void recordWithASecretWritesItsOwnToString() throws IOException {
    List<Found> records = new ArrayList<>();
    try (Stream<Path> files = Files.walk(CLASSES)) {
      files
          .filter(file -> file.toString().endsWith(".class"))
          .map(SecretRecordsTest::read)
          .filter(found -> !found.secrets().isEmpty())
          .forEach(records::add);
    }

    assertThat(records).hasSizeGreaterThan(20);
    assertThat(records).filteredOn(Found::generated).isEmpty();
  }

  @Test
  void sealedSecretShowsNothing() {
    byte[] bytes = "a secret".getBytes(StandardCharsets.US_ASCII);

    assertThat(new SealedSecret(bytes)).hasToString("sealed");
  }

  private static Found read(Path file) {
    try {
      Components components = new Components();
      new ClassReader(Files.readAllBytes(file)).accept(components, 0);
      String name = file.getFileName().toString().replace(".class", "");
      String simple = name.substring(name.lastIndexOf('$') + 1);
      return new Found(
          name,
          components.secrets.stream().filter(one -> !PUBLIC.contains(simple + "." + one)).toList(),
          components.generated);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The components of a record, and whether the compiler made its toString. */
  private static final class Components extends ClassVisitor {
    private final List<String> secrets = new ArrayList<>();
    private boolean generated;

    Components() {
      super(SpringAsmInfo.ASM_VERSION);
    }

    @Override
    public @Nullable RecordComponentVisitor visitRecordComponent(
        String name, String descriptor, @Nullable String signature) {
      if (TEXT.equals(descriptor) && SECRET.matcher(name).matches()) {
        secrets.add(name);
      }
      return null;
    }

    @Override
    public @Nullable MethodVisitor visitMethod(
        int access,
        String name,
        String descriptor,
        @Nullable String signature,
        String @Nullable [] exceptions) {
      if (!name.equals("toString") || (access & Opcodes.ACC_STATIC) != 0) {
        return null;
      }
      return new MethodVisitor(SpringAsmInfo.ASM_VERSION) {
        @Override
        public void visitInvokeDynamicInsn(
            String called, String type, Handle bootstrap, Object... arguments) {
          generated |= bootstrap.getOwner().equals("java/lang/runtime/ObjectMethods");
        }
      };
    }
  }
}
