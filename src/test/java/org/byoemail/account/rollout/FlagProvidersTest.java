package org.byoemail.account.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.openfeature.sdk.FeatureProvider;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlagProvidersTest {
  @TempDir Path folder;

  private static RolloutSettings settings(String provider) {
    return new RolloutSettings(
        true, null, null, null, null, null, null, provider, Duration.ofSeconds(5));
  }

  /** A jar as an operator puts it into own-lib. */
  private ClassLoader jar(String services) throws Exception {
    Path jar = folder.resolve("provider.jar");
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out)) {
      if (services != null) {
        entries.putNextEntry(new JarEntry("META-INF/services/" + FeatureProvider.class.getName()));
        entries.write(services.getBytes(StandardCharsets.UTF_8));
      }
      String type = ScriptedProvider.class.getName().replace('.', '/') + ".class";
      entries.putNextEntry(new JarEntry(type));
      entries.write(
          ScriptedProvider.class.getClassLoader().getResourceAsStream(type).readAllBytes());
    }
    return new URLClassLoader(new URL[] {jar.toUri().toURL()}, getClass().getClassLoader());
  }

  @Test
  void providerIsThatOfTheSettingsWhereNoJarHasOne() throws Exception {
    assertThat(FlagProviders.of(settings(null), jar(null))).isInstanceOf(ConfiguredProvider.class);
  }

  @Test
  void jarThatRegistersAProviderIsEnough() throws Exception {
    FeatureProvider found =
        FlagProviders.of(settings(null), jar(ScriptedProvider.class.getName() + "\n"));

    assertThat(found.getMetadata().getName()).isEqualTo("scripted");
  }

  @Test
  void providerIsNamedByItsClass() throws Exception {
    FeatureProvider found =
        FlagProviders.of(settings(" " + ScriptedProvider.class.getName()), jar(null));

    assertThat(found.getMetadata().getName()).isEqualTo("scripted");
  }

  @Test
  void severalProvidersAreRefused() throws Exception {
    ClassLoader jars =
        jar(ScriptedProvider.class.getName() + "\ndev.openfeature.sdk.NoOpProvider\n");

    assertThatExceptionOfType(FlagRefused.class)
        .isThrownBy(() -> FlagProviders.of(settings(null), jars))
        .withMessageStartingWith("Several OpenFeature providers are in own-lib: ");
  }

  @Test
  void classThatIsMissingOrNoProviderIsRefused() throws Exception {
    ClassLoader jars = jar(null);

    for (String name : new String[] {"com.example.Missing", "java.lang.String"}) {
      assertThatExceptionOfType(FlagRefused.class)
          .isThrownBy(() -> FlagProviders.of(settings(name), jars))
          .withMessageStartingWith("BYO_EMAIL_FLAG_PROVIDER: " + name + " cannot be created");
    }
  }
}
