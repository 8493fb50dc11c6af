package org.byoemail;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A jar of an operator with a component and a bean. */
class ExtensionJarsTest {
  private static final String COMPONENT =
      """
      package own;
      import java.util.Map;
      import org.apache.camel.Endpoint;
      import org.apache.camel.component.direct.DirectComponent;
      public class OwnComponent extends DirectComponent {}
      """;
  private static final String BEAN =
      """
      package own;
      public class Shout {
        public String loud(String text) { return text.toUpperCase(java.util.Locale.ROOT); }
      }
      """;
  private static final String ROUTE =
      """
      - route:
          id: own
          from:
            uri: own:entry
            steps:
              - bean:
                  beanType: own.Shout
                  method: loud
      """;

  private static final List<String> CORE_COMPONENTS =
      List.of(
          ("bean browse class controlbus dataset direct file language log mock ref rest saga scheduler"
                  + " seda stub timer validator xslt http https")
              .split(" "));
  private static final List<String> CORE_LANGUAGES =
      List.of(
          ("bean constant csimple exchangeProperty file header ref simple tokenize variable xpath")
              .split(" "));

  @TempDir Path dir;

  @Test
  void routeUsesComponentAndBeanOfAJar() throws Exception {
    jar(dir.resolve("lib"));
    ClassLoader loader =
        ExtensionJars.classLoader(dir.resolve("lib"), getClass().getClassLoader()).orElseThrow();

    try (DefaultCamelContext camel = new DefaultCamelContext(false)) {
      camel.setApplicationContextClassLoader(loader);
      camel.build();
      PluginHelper.getRoutesLoader(camel)
          .loadRoutes(ResourceHelper.fromString("own.camel.yaml", ROUTE));
      camel.start();

      assertThat(camel.createProducerTemplate().requestBody("own:entry", "hello"))
          .isEqualTo("HELLO");
    }
  }

  /** Those of camel-spring-boot-starter, without a jar of the operator's own. */
  @Test
  void coreComponentsAndLanguagesAreThere() throws Exception {
    try (DefaultCamelContext camel = new DefaultCamelContext()) {
      for (String component : CORE_COMPONENTS) {
        assertThat(camel.getComponent(component)).as(component).isNotNull();
      }
      for (String language : CORE_LANGUAGES) {
        assertThat(camel.resolveLanguage(language)).as(language).isNotNull();
      }
    }
  }

  @Test
  void folderWithoutJarsChangesNothing() throws IOException {
    ClassLoader parent = getClass().getClassLoader();

    assertThat(ExtensionJars.classLoader(dir.resolve("nowhere"), parent)).isEmpty();
    assertThat(ExtensionJars.classLoader(Files.createDirectory(dir.resolve("empty")), parent))
        .isEmpty();
  }

  @Test
  void folderIsSetByTheEnvironment() {
    assertThat(ExtensionJars.folder(Map.of())).isEqualTo(Path.of("own-lib"));
    assertThat(ExtensionJars.folder(Map.of("BYO_LIB_DIR", "/opt/jars")))
        .isEqualTo(Path.of("/opt/jars"));
  }

  private void jar(Path folder) throws IOException {
    Path sources = Files.createDirectories(dir.resolve("src/own"));
    Path classes = Files.createDirectories(dir.resolve("classes"));
    Files.writeString(sources.resolve("OwnComponent.java"), COMPONENT);
    Files.writeString(sources.resolve("Shout.java"), BEAN);
    JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
    assertThat(
            javac.run(
                null,
                null,
                null,
                "-proc:none",
                "-d",
                classes.toString(),
                "-cp",
                System.getProperty("java.class.path"),
                sources.resolve("OwnComponent.java").toString(),
                sources.resolve("Shout.java").toString()))
        .isZero();
    Path service =
        Files.createDirectories(classes.resolve("META-INF/services/org/apache/camel/component"));
    Files.write(
        service.resolve("own"), "class=own.OwnComponent\n".getBytes(StandardCharsets.UTF_8));
    List<Path> files;
    try (Stream<Path> all = Files.walk(classes)) {
      files = all.filter(Files::isRegularFile).toList();
    }
    Files.createDirectories(folder);
    try (OutputStream file = Files.newOutputStream(folder.resolve("own.jar"));
        JarOutputStream jar = new JarOutputStream(file)) {
      for (Path each : files) {
        jar.putNextEntry(new JarEntry(classes.relativize(each).toString().replace('\\', '/')));
        jar.write(Files.readAllBytes(each));
      }
    }
  }
}
