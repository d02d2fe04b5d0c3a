// Fetches and decodes the pictures of the cases that come next, and the beginnings of their clips.
const PICTURES = ["snapshot", "annotated", "crop"];

export class Media {
  #kept = new Map();

  // Fetched already, or from now on: { pictures, video }; the video is null where there is none.
  of(item) {
    if (!this.#kept.has(item.id)) this.#kept.set(item.id, prepare(item));
    return this.#kept.get(item.id);
  }

  // Let go of all the others; a film that is let go of no longer holds a connection.
  keep(items) {
    const wanted = new Set(items.map((item) => item.id));
    for (const id of [...this.#kept.keys()].filter((id) => !wanted.has(id))) this.forget(id);
    for (const item of items) this.of(item);
  }

  // Its clip has been written meanwhile.
  addFilm(item) {
    return (this.of(item).video = film(item.clip));
  }

  forget(id) {
    const video = this.#kept.get(id)?.video;
    this.#kept.delete(id);
    video?.removeAttribute("src");
    video?.load();
  }
}

function prepare(item) {
  const pictures = Object.fromEntries(
    PICTURES.filter((kind) => item.pictures[kind]).map((kind) => [kind, picture(kind, item.pictures[kind])]),
  );
  decoded(Object.values(pictures));
  return { pictures, video: item.clip && film(item.clip) };
}

// A picture that cannot be fetched must not keep its case from being judged.
export function decoded(images) {
  return Promise.allSettled([...images].map((image) => image.decode()));
}

function picture(kind, href) {
  const image = new Image();
  image.className = kind;
  image.src = href;
  return image;
}

function film(clip) {
  const video = document.createElement("video");
  Object.assign(video, { controls: true, muted: true, playsInline: true, preload: "metadata" });
  video.dataset.preview = `${clip.preview}#t=${clip.start.toFixed(1)}`;
  video.src = `${clip.href}#t=${clip.start.toFixed(1)}`;
  return video;
}
