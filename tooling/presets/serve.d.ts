/** A static file server on a free port of 127.0.0.1. */
export interface Served {
  /** Address of the folder, with a slash at the end. */
  readonly url: string;
  readonly close: () => void;
}

/** Serves the files of `folder` below a path, as a project page of a static host does. */
export declare function serve(folder: string, below?: string): Promise<Served>;
