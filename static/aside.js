// The service worker of what sends uploads. It hears nothing, so that no browser asks it: see src/lib/uploader/aside.ts.
