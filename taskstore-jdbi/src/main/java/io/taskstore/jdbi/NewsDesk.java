package io.taskstore.jdbi;

import io.taskstore.TaskRepository.News;
import io.taskstore.TaskRepository.Subscription;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells listeners what became of tasks, on the thread that made the commit and without any lock. It is thread-safe. */
final class NewsDesk {

    private static final Logger LOG = LoggerFactory.getLogger(TaskDatabase.class);

    private final List<Consumer<News>> listeners = new CopyOnWriteArrayList<>();

    Subscription subscribe(Consumer<News> listener) {
        // a listener of its own for each subscription, so that closing one does not end another of the same code
        Consumer<News> own = news -> listener.accept(news);
        listeners.add(own);
        return () -> listeners.remove(own);
    }

    void tell(News news) {
        if (!news.ended().isEmpty() || !news.claimable().isEmpty()) {
            tellAll(news);
        }
    }

    /** Tells that there will be no more news. */
    void close() {
        tellAll(new News(Set.of(), List.of()));
    }

    private void tellAll(News news) {
        for (Consumer<News> listener : listeners) {
            try {
                listener.accept(news);
            } catch (RuntimeException | Error e) {
                LOG.warn("a listener for news failed; what it was told about is committed", e);
            }
        }
    }
}
