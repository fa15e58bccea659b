package io.taskstore.architecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.Location;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URL;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/**
 * The main classes of one module, found by the package-info of its root package: it is compiled exactly once, and
 * neither the name of a build folder nor the working directory has to be known.
 */
final class MainClasses {
    private MainClasses() {}

    static JavaClasses of(String rootPackage) {
        String packageInfo = rootPackage.replace('.', '/') + "/package-info.class";
        List<URL> found = find(packageInfo);
        if (found.size() != 1) {
            throw new AssertionError("Expected one " + packageInfo + " on the class path, found " + found);
        }
        String url = found.get(0).toString();
        URI folder = URI.create(url.substring(0, url.length() - packageInfo.length()));
        return new ClassFileImporter().importLocations(Set.of(Location.of(folder)));
    }

    private static List<URL> find(String resource) {
        try {
            return Collections.list(MainClasses.class.getClassLoader().getResources(resource));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
