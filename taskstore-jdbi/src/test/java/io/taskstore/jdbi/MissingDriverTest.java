package io.taskstore.jdbi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MissingDriverTest {

    @ParameterizedTest
    @CsvSource({
        "jdbc:sqlite::memory:, sqlite-jdbc, org.xerial:sqlite-jdbc",
        "jdbc:postgresql://localhost/app, /postgresql, org.postgresql:postgresql"
    })
    void theMessageNamesTheArtifactToAdd(String url, String jar, String artifact) throws Exception {
        try (URLClassLoader without = new URLClassLoader(classPathWithout(jar), ClassLoader.getPlatformClassLoader())) {
            Throwable thrown = thrownBy(without.loadClass(TaskDatabase.class.getName()), url);
            assertThat(thrown.getClass().getName()).isEqualTo("io.taskstore.StorageUnavailableException");
            assertThat(thrown)
                    .hasMessage("open failed: the driver is missing; add " + artifact + " to the dependencies");
        }
    }

    private static Throwable thrownBy(Class<?> database, String url) throws ReflectiveOperationException {
        try {
            database.getMethod("open", String.class).invoke(null, url);
        } catch (InvocationTargetException e) {
            return e.getCause();
        }
        throw new AssertionError("it was opened without a driver");
    }

    private static URL[] classPathWithout(String jar) throws MalformedURLException {
        List<URL> urls = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            boolean isDriver =
                    entry.endsWith(".jar") && new File(entry).getPath().contains(jar + "-");
            if (!isDriver) {
                urls.add(new File(entry).toURI().toURL());
            }
        }
        return urls.toArray(new URL[0]);
    }
}
