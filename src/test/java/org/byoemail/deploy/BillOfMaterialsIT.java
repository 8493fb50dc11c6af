package org.byoemail.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.StreamSupport;
import java.util.zip.ZipEntry;
import org.byoemail.support.ProgramUnderTest;
import org.junit.jupiter.api.Test;

/**
 * What the jar says of what it is made of. A jar that is made offline has no bill, because Maven's
 * plugin leaves it out.
 */
class BillOfMaterialsIT {
  private static final String BILL = "META-INF/sbom/application.cdx.json";
  private static final String NOTICE = "META-INF/NOTICE";

  @Test
  void billNamesEveryLibraryOfTheJarAndMostOfTheirLicences() throws IOException {
    try (JarFile jar = new JarFile(ProgramUnderTest.jar().toFile())) {
      List<JsonNode> components = components(jar);
      Set<String> named = new TreeSet<>();
      components.forEach(
          one -> named.add(one.path("name").asText() + "-" + one.path("version").asText()));

      assertThat(libraries(jar))
          .isNotEmpty()
          .allSatisfy(library -> assertThat(named).anyMatch(library::startsWith));
      assertThat(components)
          .filteredOn(one -> one.path("licenses").isEmpty())
          .hasSizeLessThan(components.size() / 20);
    }
  }

  @Test
  void noticeNamesEveryLibraryOfTheJar() throws IOException {
    try (JarFile jar = new JarFile(ProgramUnderTest.jar().toFile())) {
      String notice = read(jar, NOTICE).replaceAll("(?m)^[^:\\s]+:([^:\\s]+):([^:\\s]+)", "$1-$2");

      assertThat(libraries(jar))
          .isNotEmpty()
          .allSatisfy(
              library -> assertThat(notice).contains(library.replaceFirst("-(linux|osx)-.*", "")));
    }
  }

  @Test
  void noticeNamesEveryComponentOfTheBill() throws IOException {
    try (JarFile jar = new JarFile(ProgramUnderTest.jar().toFile())) {
      String notice = read(jar, NOTICE);

      assertThat(components(jar))
          .allSatisfy(
              one ->
                  assertThat(notice)
                      .contains(
                          one.path("group").asText()
                              + ":"
                              + one.path("name").asText()
                              + ":"
                              + one.path("version").asText()));
    }
  }

  private static List<String> libraries(JarFile jar) {
    return jar.stream()
        .map(ZipEntry::getName)
        .filter(name -> name.matches("BOOT-INF/lib/.+\\.jar"))
        .map(name -> name.substring(name.lastIndexOf('/') + 1, name.length() - 4))
        // Put there by the plugin that makes the jar.
        .filter(name -> !name.startsWith("spring-boot-jarmode-tools"))
        .toList();
  }

  private static List<JsonNode> components(JarFile jar) throws IOException {
    assumeTrue(
        jar.getEntry(BILL) != null || !"offline=true".equals(System.getProperty("byo.build")),
        "made offline: no bill");
    JsonNode bill = new ObjectMapper().readTree(read(jar, BILL));
    return StreamSupport.stream(bill.path("components").spliterator(), false).toList();
  }

  private static String read(JarFile jar, String name) throws IOException {
    try (InputStream in = jar.getInputStream(jar.getEntry(name))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
